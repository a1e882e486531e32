package dev.switchboard.sessions.signin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.auth.CollectionRule;
import dev.switchboard.auth.Principal;
import dev.switchboard.auth.Revocations;
import dev.switchboard.auth.Role;
import dev.switchboard.auth.TopicRule;
import dev.switchboard.auth.TypeRule;
import dev.switchboard.bus.ControlCommand.RevokeToken;
import dev.switchboard.bus.ControlCommand.RevokeUser;
import dev.switchboard.config.ConfigLoader;
import dev.switchboard.config.SwitchboardConfig;
import dev.switchboard.event.ChatSessionId;
import dev.switchboard.event.CloseReason;
import dev.switchboard.event.TenantId;
import dev.switchboard.event.Topic;
import dev.switchboard.event.UserId;
import dev.switchboard.sessions.registry.SessionCount;
import dev.switchboard.sessions.registry.UserSessions;
import dev.switchboard.sessions.session.SubscribeRequest;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Who may open a session, at each limit and just below it. */
class AdmissionTest {
  private static final TenantId TENANT = new TenantId("t");
  private static final String TOPIC = "callcenter:custom:alerts";
  private static final Role ROLE =
      new Role(
          "agent",
          TypeRule.ALL,
          TypeRule.ALL,
          new TopicRule(List.of(TOPIC, "callcenter:a", "callcenter:b")),
          new CollectionRule(List.of("queues", "agents", "calls")),
          Set.of());
  private static final Instant NOW = Instant.parse("2026-11-29T12:00:00Z");
  private static final Principal.User USER = user("1");

  private final SwitchboardConfig config = config(false);
  private final Revocations revocations =
      new Revocations(Duration.ZERO, Clock.fixed(NOW, ZoneOffset.UTC));
  private final SessionCount count = new SessionCount(new SimpleMeterRegistry());
  private final Admission admission = admission(config);

  private static Principal.User user(String id) {
    return user(id, Instant.EPOCH);
  }

  private static Principal.User user(String id, Instant issued) {
    return new Principal.User(TENANT, new UserId(id), ROLE, issued, Instant.MAX, "token of " + id);
  }

  private static Principal.Visitor visitor(String chat) {
    return new Principal.Visitor(TENANT, new ChatSessionId(chat), ROLE, "widget");
  }

  private static SwitchboardConfig config(boolean replaceOldest) {
    return ConfigLoader.bind(
        "test",
        new JsonObject()
            .put(
                "sessions",
                new JsonObject()
                    .put("maxPatterns", 2)
                    .put("maxTopics", 2)
                    .put("maxPerTenant", 5)
                    .put("maxPerNode", 10)
                    .put("maxPerUser", 2)
                    .put("reservedForUsers", 40)
                    .put("replaceOldest", replaceOldest))
            .put("kept", new JsonObject().put("maxNames", 2)),
        name -> null);
  }

  private Admission admission(SwitchboardConfig of) {
    return new Admission(of.sessions(), of.kept(), revocations, count, new UserSessions());
  }

  private static SubscribeRequest asks(String member, String... names) {
    JsonObject payload = new JsonObject().put(member, new JsonArray(List.of(names)));
    return SubscribeRequest.of(payload, "callcenter");
  }

  private @Nullable CloseReason refused(Principal.Participant principal, SubscribeRequest request) {
    Admission.Refusal refusal = admission.refusal(principal, request);
    return refusal == null ? null : refusal.reason();
  }

  private void enter(Principal.Participant... principals) {
    List.of(principals).forEach(count::entered);
  }

  @Test
  void asManyPatternsTopicsAndCollectionsAsAllowedAreAccepted() {
    assertThat(refused(USER, asks("events", "a", "b"))).isNull();
    assertThat(refused(USER, asks("events", "a", "b", "c"))).isEqualTo(CloseReason.BAD_REQUEST);
    assertThat(refused(USER, asks("topics", "callcenter:a", "callcenter:b"))).isNull();
    assertThat(refused(USER, asks("topics", "callcenter:a", "callcenter:b", TOPIC)))
        .isEqualTo(CloseReason.BAD_REQUEST);
    assertThat(refused(USER, asks("kept", "queues", "agents"))).isNull();
    assertThat(refused(USER, asks("kept", "queues", "agents", "calls")))
        .isEqualTo(CloseReason.BAD_REQUEST);
    assertThat(refused(USER, asks("users", "1"))).as("no pattern at all").isNull();
  }

  @Test
  void topicsAndCollectionsAreThoseOfTheRole() {
    assertThat(refused(USER, asks("topics", "callcenter:other"))).isEqualTo(CloseReason.FORBIDDEN);
    assertThat(refused(USER, asks("topics", TOPIC, "callcenter:other")))
        .isEqualTo(CloseReason.FORBIDDEN);
    assertThat(refused(USER, asks("kept", "secrets"))).isEqualTo(CloseReason.FORBIDDEN);
  }

  @Test
  void visitorsFollowNoKeptEvents() {
    assertThat(refused(visitor("1"), asks("kept", "queues"))).isEqualTo(CloseReason.FORBIDDEN);
    assertThat(refused(visitor("1"), asks("events", "chat.*"))).isNull();
  }

  @Test
  void topicOfKeptEventsMustBeFollowed() {
    SubscribeRequest without = asks("kept", TOPIC + "/queues");
    JsonObject both =
        new JsonObject()
            .put("kept", new JsonArray(List.of(TOPIC + "/queues")))
            .put("topics", new JsonArray(List.of(TOPIC)));

    assertThat(refused(USER, without)).isEqualTo(CloseReason.FORBIDDEN);
    assertThat(refused(USER, SubscribeRequest.of(both, "callcenter"))).isNull();
    assertThat(Admission.keptFault(USER, without.kept(), List.of(new Topic(TOPIC)))).isNull();
  }

  @Test
  void revokedUserNeedsATokenThatWasIssuedLater() {
    assertThat(refused(USER, asks("events", "*"))).isNull();

    assertThat(revocations.learn(new RevokeUser(TENANT, USER.user(), NOW))).isTrue();

    Admission.Refusal refusal = admission.refusal(USER, asks("events", "*"));
    assertThat(refusal)
        .isEqualTo(new Admission.Refusal(CloseReason.NOT_AUTHENTICATED, "the token was revoked"));
    assertThat(refused(user("1", NOW), asks("events", "*")))
        .isEqualTo(CloseReason.NOT_AUTHENTICATED);
    assertThat(refused(user("1", NOW.plusSeconds(1)), asks("events", "*"))).isNull();
    assertThat(refused(user("2"), asks("events", "*"))).as("another user").isNull();
  }

  @Test
  void revokedTokenIsRefusedAndOtherTokensOfTheUserAreNot() {
    assertThat(revocations.learn(new RevokeToken(TENANT, "token of 1", NOW))).isTrue();

    assertThat(refused(USER, asks("events", "*"))).isEqualTo(CloseReason.NOT_AUTHENTICATED);
    Principal.User again =
        new Principal.User(TENANT, USER.user(), ROLE, Instant.EPOCH, Instant.MAX, "another token");
    assertThat(refused(again, asks("events", "*"))).isNull();
  }

  @Test
  void revocationIsSaidBeforeALimit() {
    enter(USER, USER);
    assertThat(revocations.learn(new RevokeUser(TENANT, USER.user(), NOW))).isTrue();

    assertThat(refused(USER, asks("events", "*"))).isEqualTo(CloseReason.NOT_AUTHENTICATED);
  }

  @Test
  void userMayHaveAsManySessionsAsAllowed() {
    enter(USER);
    assertThat(refused(USER, asks("events", "*"))).isNull();
    enter(USER);

    assertThat(refused(USER, asks("events", "*"))).isEqualTo(CloseReason.LIMIT_REACHED);
    assertThat(refused(user("2"), asks("events", "*"))).isNull();
  }

  @Test
  void oneMoreSessionOfAUserIsAcceptedIfItReplacesTheOldest() {
    enter(USER, USER, USER);

    assertThat(admission(config(true)).refusal(USER, asks("events", "*"))).isNull();
  }

  @Test
  void tenantMayHaveAsManySessionsAsAllowed() {
    enter(user("1"), user("2"), user("3"), user("4"));
    assertThat(refused(user("5"), asks("events", "*"))).isNull();
    enter(user("5"));

    assertThat(refused(user("6"), asks("events", "*"))).isEqualTo(CloseReason.LIMIT_REACHED);
  }

  @Test
  void visitorsLeaveSessionsOfTheTenantToUsers() {
    enter(visitor("1"), visitor("2"));
    assertThat(refused(visitor("3"), asks("events", "*"))).isNull();
    enter(visitor("3"));

    assertThat(refused(visitor("4"), asks("events", "*"))).isEqualTo(CloseReason.LIMIT_REACHED);
    assertThat(refused(USER, asks("events", "*"))).isNull();
  }

  @Test
  void visitorsLeaveSessionsOfTheNodeToUsers() {
    for (int i = 0; i < 5; i++) {
      enter(visitorOf("tenant-" + i));
    }
    assertThat(refused(visitor("1"), asks("events", "*"))).isNull();
    enter(visitorOf("tenant-5"));

    assertThat(refused(visitor("1"), asks("events", "*"))).isEqualTo(CloseReason.NO_CAPACITY);
    assertThat(refused(USER, asks("events", "*"))).isNull();
  }

  private static Principal.Visitor visitorOf(String tenant) {
    return new Principal.Visitor(new TenantId(tenant), new ChatSessionId("c"), ROLE, "widget");
  }
}
