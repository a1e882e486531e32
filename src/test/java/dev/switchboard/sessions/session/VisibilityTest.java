package dev.switchboard.sessions.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.auth.Principal;
import dev.switchboard.auth.Role;
import dev.switchboard.auth.TopicRule;
import dev.switchboard.auth.TypeRule;
import dev.switchboard.event.ChatSessionId;
import dev.switchboard.event.EnvelopeHead;
import dev.switchboard.event.EventId;
import dev.switchboard.event.EventPattern;
import dev.switchboard.event.EventType;
import dev.switchboard.event.LogId;
import dev.switchboard.event.LogPosition;
import dev.switchboard.event.TenantId;
import dev.switchboard.event.Topic;
import dev.switchboard.event.UserId;
import dev.switchboard.sessions.Recorder;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who sees which event. Each rule has the nearest event on its other side beside it. */
class VisibilityTest {
  private static final TenantId TENANT = new TenantId("t");
  private static final UserId ME = new UserId("me");
  private static final UserId OTHER = new UserId("other");
  private static final Topic TOPIC = new Topic("callcenter:a");
  private static final ChatSessionId CHAT = new ChatSessionId("chat");
  private static final List<EventType> TYPES =
      List.of(
          new EventType("alert"),
          new EventType("notification"),
          new EventType("chat.message"),
          new EventType("chats.message"),
          new EventType("chat.typing"),
          new EventType("call.incoming"));

  private static Session session(Principal.Participant principal) {
    Session session = new Session("s", 0, 1);
    session.authenticated(principal, 0);
    return session;
  }

  private static Session user(String see, String... patterns) {
    Session session =
        session(new Principal.User(TENANT, ME, role(see), Instant.EPOCH, Instant.MAX, null));
    if (patterns.length > 0) {
      session.filter(
          session
              .filter()
              .withPatterns(List.of(patterns).stream().map(EventPattern::new).toList()));
    }
    return session;
  }

  private static Session visitor() {
    return session(new Principal.Visitor(TENANT, CHAT, role("*"), "key"));
  }

  private static Role role(String see) {
    return new Role(
        "r", TypeRule.parse(List.of(see.split(" "))), TypeRule.NONE, TopicRule.NONE, Set.of());
  }

  private static EnvelopeHead head(
      String type, @Nullable UserId user, @Nullable Topic topic, @Nullable ChatSessionId chat) {
    return new EnvelopeHead(
        new LogPosition("e", 1),
        new EventId("id"),
        new EventType(type),
        TENANT,
        user,
        topic,
        chat,
        null,
        0);
  }

  @Test
  void sessionWithoutAPrincipalSeesNothing() {
    Session session = new Session("s", 0, 1);

    assertThat(Visibility.sees(session, head("alert", null, null, null))).isFalse();
  }

  @Test
  void closedSessionSeesNothing() {
    Session session = user("*");
    session.closed();

    assertThat(Visibility.sees(session, head("alert", null, null, null))).isFalse();
  }

  @Test
  void eventForAUserIsForThatUserOnly() {
    assertThat(Visibility.sees(user("*"), head("alert", ME, null, null))).isTrue();
    assertThat(Visibility.sees(user("*"), head("alert", OTHER, null, null))).isFalse();
    assertThat(Visibility.sees(user("*"), head("alert", null, null, null))).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "call.*, call.incoming, true",
    "call.*, alert, false",
    "* !call.*, call.incoming, false",
    "* !call.*, alert, true"
  })
  void roleDecidesWhatAUserMaySee(String see, String type, boolean sees) {
    assertThat(Visibility.sees(user(see), head(type, null, null, null))).isEqualTo(sees);
  }

  @ParameterizedTest
  @CsvSource({
    "notification, true",
    "alert, true",
    "chat.message, true",
    "chat.typing, false",
    "call.incoming, false"
  })
  void inboxMessagesComeWhateverTheFilter(String type, boolean sees) {
    assertThat(Visibility.sees(user("*", "agent.*"), head(type, ME, null, null))).isEqualTo(sees);
    assertThat(Visibility.sees(user("*", "agent.*"), head(type, null, null, null))).isFalse();
    assertThat(Visibility.sees(user("agent.*"), head(type, ME, null, null))).isEqualTo(sees);
  }

  @Test
  void eventOfATopicNeedsASubscriptionAndTheRoleButNoPattern() {
    EnvelopeHead event = head("alert", null, TOPIC, null);
    Session subscribed = user("*", "call.*");
    assertThat(Visibility.sees(subscribed, event)).isFalse();

    subscribed.logs().add(new LogSubscription.Waiting(new LogId(TENANT, TOPIC)));

    assertThat(Visibility.sees(subscribed, event)).isTrue();
    assertThat(Visibility.sees(subscribed, head("alert", OTHER, TOPIC, null))).isFalse();
    Session restricted = user("call.*");
    restricted.logs().add(new LogSubscription.Waiting(new LogId(TENANT, TOPIC)));
    assertThat(Visibility.sees(restricted, event)).isFalse();
    assertThat(Visibility.sees(restricted, head("notification", ME, TOPIC, null))).isFalse();
    Session elsewhere = user("*");
    elsewhere.logs().add(new LogSubscription.Waiting(LogId.ofTenant(TENANT)));
    assertThat(Visibility.sees(elsewhere, event)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "chat.message, chat, , , true",
    "chat.message, other, , , false",
    "chat.message, , , , false",
    "chat.message, chat, me, , false",
    "chat.message, chat, , callcenter:a, false",
    "chats.message, chat, , , false",
    "alert, chat, , , false"
  })
  void visitorSeesTheOpenEventsOfItsChatOnly(
      String type,
      @Nullable String chat,
      @Nullable String user,
      @Nullable String topic,
      boolean sees) {
    EnvelopeHead event =
        head(
            type,
            user == null ? null : new UserId(user),
            topic == null ? null : new Topic(topic),
            chat == null ? null : new ChatSessionId(chat));

    assertThat(Visibility.sees(visitor(), event)).isEqualTo(sees);
  }

  @Test
  void visitorSeesOnlyWhatItAskedFor() {
    Session visitor = visitor();
    visitor.filter(visitor.filter().withPatterns(List.of(new EventPattern("chat.typing"))));

    assertThat(Visibility.sees(visitor, head("chat.typing", null, null, CHAT))).isTrue();
    assertThat(Visibility.sees(visitor, head("chat.message", null, null, CHAT))).isFalse();
  }

  @Provide
  Arbitrary<EnvelopeHead> heads() {
    return Combinators.combine(
            Arbitraries.of(TYPES),
            Arbitraries.of(ME, OTHER).injectNull(0.4),
            Arbitraries.of(TOPIC, new Topic("callcenter:b")).injectNull(0.5),
            Arbitraries.of(CHAT, new ChatSessionId("other")).injectNull(0.3))
        .as((type, user, topic, chat) -> head(type.value(), user, topic, chat));
  }

  @Property
  void nobodySeesAnEventForAnotherUser(@ForAll("heads") EnvelopeHead event) {
    Session all = user("*");
    all.logs().add(new LogSubscription.Waiting(new LogId(TENANT, TOPIC)));

    if (event.user() != null && !event.user().equals(ME)) {
      assertThat(Visibility.sees(all, event)).isFalse();
    }
    if (event.user() != null) {
      assertThat(Visibility.sees(visitor(), event)).isFalse();
    }
  }

  @Property
  void roleThatMaySeeMoreSeesNothingLess(@ForAll("heads") EnvelopeHead event) {
    if (Visibility.sees(user("chat.*", "chat.*"), event)) {
      assertThat(Visibility.sees(user("*", "chat.*"), event)).isTrue();
      assertThat(Visibility.sees(user("*"), event)).isTrue();
    }
  }

  /** A transport whose client can't answer. */
  private static final class Stream extends Recorder {
    @Override
    public boolean isSocket() {
      return false;
    }
  }

  private static boolean isNew(Session session, EnvelopeHead event) {
    return Visibility.recordIfNew(session, event);
  }

  @Test
  void eventForTheUserIsSentOnceThroughLogAndInbox() {
    EnvelopeHead event = head("alert", ME, null, null);
    Session session = user("*");
    session.connect(new Recorder());

    assertThat(session.receipts().recordFromInbox(new EventId("id"))).isTrue();

    assertThat(isNew(session, event)).isFalse();
  }

  @Test
  void onlyEventsThatTheInboxMayHoldAreRecorded() {
    for (EnvelopeHead event :
        List.of(
            head("alert", null, null, null),
            head("alert", ME, null, null).withoutPosition(0),
            new EnvelopeHead(
                new LogPosition("e", 1),
                null,
                new EventType("alert"),
                TENANT,
                ME,
                null,
                null,
                null,
                0))) {
      Session session = user("*");
      session.connect(new Recorder());
      assertThat(session.receipts().recordFromInbox(new EventId("id"))).isTrue();

      assertThat(isNew(session, event)).isTrue();
    }
    Session stream = user("*");
    stream.connect(new Stream());
    assertThat(stream.receipts().recordFromInbox(new EventId("id"))).isTrue();
    assertThat(isNew(stream, head("alert", ME, null, null))).isTrue();
  }
}
