package dev.switchboard.sessions.subscriptions;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.auth.TypeRule;
import dev.switchboard.config.ConfigLoader;
import dev.switchboard.config.SessionsConfig;
import dev.switchboard.event.EnvelopeHead;
import dev.switchboard.event.EventType;
import dev.switchboard.event.PresenceEventId;
import dev.switchboard.event.TenantId;
import dev.switchboard.event.UserId;
import dev.switchboard.sessions.Recorder;
import dev.switchboard.sessions.TestRegistry;
import dev.switchboard.sessions.registry.OutboundQueue;
import dev.switchboard.sessions.session.EventFilter;
import dev.switchboard.sessions.session.ServerMessages;
import dev.switchboard.sessions.session.Session;
import dev.switchboard.sessions.session.SharedMessage;
import io.vertx.core.Promise;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PresenceSubscribersTest {
  private static final TenantId TENANT = new TenantId("t");
  private static final UserId USER = new UserId("7");

  private final SessionsConfig config = ConfigLoader.defaults(name -> null).sessions();

  /** No query is answered by itself. */
  private final PresenceSubscribers subscribers =
      new PresenceSubscribers(
          (tenant, users) -> Promise.<List<PresenceSource.UserPresence>>promise().future(),
          new OutboundQueue(config, TestRegistry.of(config)));

  private final Recorder wire = new Recorder();
  private final Session session = Recorder.liveSession(TENANT, wire);

  @BeforeEach
  void followsPresenceOnly() {
    session.filter(EventFilter.everything(TypeRule.ALL).withPatterns(List.of()));
  }

  private long query() {
    return subscribers.follow(session, TENANT, List.of(USER)).number();
  }

  private void answer(long query) {
    try (SharedMessage answer = message("answer " + query)) {
      wire.write(answer);
    }
    subscribers.answered(session, query);
  }

  private void change(int generation) {
    EnvelopeHead head =
        new EnvelopeHead(
            null,
            PresenceEventId.of(USER, generation),
            new EventType("presence.online"),
            TENANT,
            null,
            null,
            null,
            null,
            0);
    try (SharedMessage message = message("change " + generation)) {
      subscribers.send(head, message.json(), message);
    }
  }

  private static SharedMessage message(String type) {
    return SharedMessage.of(ServerMessages.plain(type));
  }

  private List<String> received() {
    return wire.written().stream().map(message -> message.getString("type")).toList();
  }

  @Test
  void changeFollowsTheAnswersToTheQueriesBeforeIt() {
    long first = query();
    long second = query();
    change(1);
    answer(first);
    change(2);
    answer(second);
    change(3);
    assertThat(received())
        .containsExactly("answer 1", "answer 2", "change 1", "change 2", "change 3");
  }

  @Test
  void clientThatNeverStopsAskingGetsTheChanges() {
    long open = query();
    for (int i = 1; i <= 3; i++) {
      change(i);
      long next = query();
      answer(open);
      open = next;
    }
    assertThat(received())
        .containsExactly("answer 1", "change 1", "answer 2", "change 2", "answer 3", "change 3");
  }

  @Test
  void answersOutOfOrderKeepChangesInOrder() {
    long first = query();
    long second = query();
    change(1);
    answer(second);
    change(2);
    answer(first);
    assertThat(received()).containsExactly("answer 2", "answer 1", "change 1", "change 2");
  }
}
