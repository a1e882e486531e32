package dev.switchboard.sessions.subscriptions;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.auth.Principal;
import dev.switchboard.auth.Role;
import dev.switchboard.auth.TopicRule;
import dev.switchboard.auth.TypeRule;
import dev.switchboard.event.EventPattern;
import dev.switchboard.event.EventType;
import dev.switchboard.event.TenantId;
import dev.switchboard.event.Topic;
import dev.switchboard.event.UserId;
import dev.switchboard.sessions.session.EventFilter;
import dev.switchboard.sessions.session.Session;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TenantSubscribersTest {
  private static final Principal.User ANNA = user("anna");
  private static final Principal.User BERT = user("bert");
  private static final EventType CALL = new EventType("call.incoming");
  private static final Topic TOPIC = new Topic("callcenter:custom:alerts");

  private final TenantSubscribers tenantSubscribers = new TenantSubscribers();

  @Test
  void anEventReachesEverySessionThatWantsItsTypeOnce() {
    Session all = joined("all", ANNA, EventPattern.ALL);
    Session calls =
        joined("calls", BERT, new EventPattern("call.*"), new EventPattern("call.incoming"));
    Session alerts = joined("alerts", BERT, new EventPattern("alert"));

    assertThat(wanting(CALL)).containsExactlyInAnyOrder(all, calls);
    assertThat(wanting(new EventType("alert"))).containsExactlyInAnyOrder(all, alerts);
  }

  @Test
  void aUserIsReachedOnEverySessionAndNobodyElseIs() {
    Session first = joined("1", ANNA, EventPattern.ALL);
    Session second = joined("2", ANNA, EventPattern.ALL);
    assertThat(tenantSubscribers.holds(joined("3", BERT, EventPattern.ALL), BERT)).isTrue();

    List<Session> reached = new ArrayList<>();
    tenantSubscribers.eachOf(ANNA.user(), reached::add);

    assertThat(reached).containsExactly(first, second);
  }

  @Test
  void topicsAreNeverImplied() {
    Session subscribed = joined("1", ANNA, EventPattern.ALL);
    assertThat(tenantSubscribers.holds(joined("2", BERT, EventPattern.ALL), BERT)).isTrue();
    tenantSubscribers.joinTopic(subscribed, TOPIC);

    List<Session> reached = new ArrayList<>();
    tenantSubscribers.eachOn(TOPIC, reached::add);

    assertThat(reached).containsExactly(subscribed);
  }

  @Test
  void aRoomThatEveryoneLeftIsEmpty() {
    Session first = joined("1", ANNA, EventPattern.ALL);
    Session second = joined("2", ANNA, new EventPattern("call.*"));
    tenantSubscribers.joinTopic(first, TOPIC);
    assertThat(tenantSubscribers.isEmpty()).isFalse();

    tenantSubscribers.leave(first, ANNA);
    assertThat(tenantSubscribers.holds(first, ANNA)).isFalse();
    assertThat(wanting(CALL)).containsExactly(second);
    tenantSubscribers.leave(second, ANNA);
    assertThat(tenantSubscribers.isEmpty()).isFalse();
    tenantSubscribers.leaveTopic(first, TOPIC);

    assertThat(tenantSubscribers.isEmpty()).isTrue();
    tenantSubscribers.leave(first, ANNA);
    tenantSubscribers.leaveTopic(first, TOPIC);
    assertThat(tenantSubscribers.isEmpty()).isTrue();
  }

  private List<Session> wanting(EventType type) {
    List<Session> reached = new ArrayList<>();
    tenantSubscribers.eachWanting(type, reached::add);
    return reached;
  }

  private Session joined(String id, Principal.User user, EventPattern... patterns) {
    Session session = session(id);
    session.filter(new EventFilter(TypeRule.ALL, List.of(patterns)));
    tenantSubscribers.join(session, user);
    return session;
  }

  private static Principal.User user(String id) {
    Role role =
        new Role("agent", TypeRule.ALL, TypeRule.ALL, new TopicRule(List.of("*")), Set.of());
    return new Principal.User(
        new TenantId("t"), new UserId(id), role, Instant.EPOCH, Instant.MAX, null);
  }

  private static Session session(String id) {
    return new Session(id, 0, 0);
  }
}
