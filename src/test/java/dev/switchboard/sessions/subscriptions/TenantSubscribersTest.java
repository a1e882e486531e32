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
  void eventReachesEverySessionWhoseFilterMatchesOnce() {
    Session all = added("all", ANNA, EventPattern.ALL);
    Session calls =
        added("calls", BERT, new EventPattern("call.*"), new EventPattern("call.incoming"));
    Session alerts = added("alerts", BERT, new EventPattern("alert"));

    assertThat(matching(CALL)).containsExactlyInAnyOrder(all, calls);
    assertThat(matching(new EventType("alert"))).containsExactlyInAnyOrder(all, alerts);
  }

  @Test
  void userIsReachedInEverySessionAndNobodyElseIs() {
    Session first = added("1", ANNA, EventPattern.ALL);
    Session second = added("2", ANNA, EventPattern.ALL);
    Session other = added("3", BERT, EventPattern.ALL);

    List<Session> reached = new ArrayList<>();
    tenantSubscribers.forEachOf(ANNA.user(), reached::add);

    assertThat(reached).containsExactly(first, second).doesNotContain(other);
  }

  @Test
  void topicsAreNeverImplied() {
    Session subscribed = added("1", ANNA, EventPattern.ALL);
    Session other = added("2", BERT, EventPattern.ALL);
    tenantSubscribers.addToTopic(subscribed, TOPIC);

    List<Session> reached = new ArrayList<>();
    tenantSubscribers.forEachOn(TOPIC, reached::add);

    assertThat(reached).containsExactly(subscribed).doesNotContain(other);
  }

  @Test
  void sessionsWithEqualFiltersShareOne() {
    Session first = added("1", ANNA, new EventPattern("call.*"));
    Session second = added("2", BERT, new EventPattern("call.*"));
    Session other = added("3", BERT, new EventPattern("queue.*"));

    assertThat(second.filter()).isSameAs(first.filter());
    assertThat(other.filter()).isNotEqualTo(first.filter());
  }

  @Test
  void indexIsEmptyAfterEverySessionLeft() {
    Session first = added("1", ANNA, EventPattern.ALL);
    Session second = added("2", ANNA, new EventPattern("call.*"));
    tenantSubscribers.addToTopic(first, TOPIC);
    assertThat(tenantSubscribers.isEmpty()).isFalse();

    tenantSubscribers.remove(first, ANNA);
    assertThat(matching(CALL)).containsExactly(second);
    tenantSubscribers.remove(second, ANNA);
    assertThat(tenantSubscribers.isEmpty()).isFalse();
    tenantSubscribers.removeFromTopic(first, TOPIC);

    assertThat(tenantSubscribers.isEmpty()).isTrue();
    tenantSubscribers.remove(first, ANNA);
    tenantSubscribers.removeFromTopic(first, TOPIC);
    assertThat(tenantSubscribers.isEmpty()).isTrue();
  }

  private List<Session> matching(EventType type) {
    List<Session> reached = new ArrayList<>();
    tenantSubscribers.forEachMatching(type, reached::add);
    return reached;
  }

  private Session added(String id, Principal.User user, EventPattern... patterns) {
    Session session = session(id);
    session.filter(new EventFilter(TypeRule.ALL, List.of(patterns)));
    tenantSubscribers.add(session, user);
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
