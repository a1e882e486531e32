package dev.switchboard.sessions.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.auth.Principal;
import dev.switchboard.auth.Role;
import dev.switchboard.auth.TopicRule;
import dev.switchboard.auth.TypeRule;
import dev.switchboard.config.ConfigLoader;
import dev.switchboard.config.SwitchboardConfig;
import dev.switchboard.event.ChatSessionId;
import dev.switchboard.event.CloseReason;
import dev.switchboard.event.TenantId;
import dev.switchboard.sessions.Recorder;
import dev.switchboard.sessions.TestRegistry;
import dev.switchboard.sessions.registry.OutboundQueue;
import dev.switchboard.sessions.registry.SessionRegistry;
import dev.switchboard.sessions.session.Session;
import dev.switchboard.sessions.session.SessionTime;
import dev.switchboard.sessions.subscriptions.LogShare;
import dev.switchboard.sessions.subscriptions.LogStreams;
import dev.switchboard.support.ManualTasks;
import dev.switchboard.time.RepeatingTask;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The sweep goes on, whatever an exception in one session does. */
class SessionSweepTest {
  private static final String BROKEN = "broken";

  private final SwitchboardConfig config = ConfigLoader.defaults(name -> null);
  private final ManualTasks rounds = new ManualTasks();
  private final List<String> visited = new ArrayList<>();
  private final SessionRegistry registry = TestRegistry.of(config.sessions());
  private final LogStreams streams = new LogStreams(log -> {}, log -> {}, new LogShare(1, 1));
  private final OutboundQueue outboundQueue = new OutboundQueue(config.sessions(), registry);
  private final RepeatingTask task =
      new SessionSweep(config.sessions(), registry, upkeep(), backlog(), outboundQueue)
          .task(rounds.tasks());

  @Test
  void exceptionInOneSessionKeepsNoOtherFromItsVisitNorTheNextRound() {
    registry.add(visitor(BROKEN));
    registry.add(visitor("other"));
    task.start();

    assertThat(rounds.ring()).isTrue();
    assertThat(rounds.ring()).isTrue();

    assertThat(visited).containsExactly(BROKEN, "other", BROKEN, "other");
    assertThat(rounds.failures("session-upkeep")).isEqualTo(2);
  }

  @Test
  void roundOverManySessionsTakesSeveralTurns() {
    for (int i = 0; i < 600; i++) {
      registry.add(visitor("visitor-" + i));
    }
    task.start();

    assertThat(rounds.ring()).isTrue();
    assertThat(visited).hasSize(200);
    registry.add(visitor("late"));
    registry.end(session(599), CloseReason.DRAINING);
    assertThat(rounds.ring()).isTrue();
    assertThat(rounds.ring()).isTrue();

    assertThat(visited).hasSize(599).doesNotHaveDuplicates().doesNotContain("late", "visitor-599");
    assertThat(rounds.ring()).isTrue();
    assertThat(rounds.ring()).isTrue();
    assertThat(rounds.ring()).isTrue();
    assertThat(visited).hasSize(1_199).contains("late");
  }

  private Session session(int number) {
    return List.copyOf(registry.present()).get(number);
  }

  @Test
  void noSessionIsVisitedAfterTheStop() {
    registry.add(visitor("other"));
    task.start();

    task.stop();

    assertThat(rounds.ring()).isFalse();
    assertThat(visited).isEmpty();
  }

  /** Its widget key is looked up at each visit. */
  private static Session visitor(String chat) {
    Session session = new Session(chat, SessionTime.SYSTEM.nanos(), 0);
    session.connect(new Recorder());
    Role role = new Role("visitor", TypeRule.ALL, TypeRule.ALL, new TopicRule(List.of()), Set.of());
    session.authenticated(
        new Principal.Visitor(new TenantId("t"), new ChatSessionId(chat), role, "key"), 0);
    return session;
  }

  private Upkeep upkeep() {
    return new Upkeep(
        new Heartbeat(config.sessions(), SessionTime.SYSTEM, registry),
        new TokenExpiry(config, SessionTime.SYSTEM, this::visit, registry, outboundQueue),
        new PositionReminder(config.logs(), SessionTime.SYSTEM, streams, outboundQueue));
  }

  private boolean visit(Principal.Visitor visitor) {
    visited.add(visitor.chatSession().value());
    if (visitor.chatSession().value().equals(BROKEN)) {
      throw new IllegalStateException("thrown");
    }
    return true;
  }

  /** No session becomes live here, so nothing is delivered. */
  @SuppressWarnings("NullAway")
  private static BacklogDelivery backlog() {
    return new BacklogDelivery(null, null, null);
  }
}
