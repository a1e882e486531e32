package dev.switchboard.sessions.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.auth.Principal;
import dev.switchboard.auth.Revocations;
import dev.switchboard.auth.Role;
import dev.switchboard.auth.TopicRule;
import dev.switchboard.auth.TypeRule;
import dev.switchboard.bus.ControlCommand;
import dev.switchboard.bus.MissedDisconnect;
import dev.switchboard.event.EventId;
import dev.switchboard.event.LogId;
import dev.switchboard.event.LogPosition;
import dev.switchboard.event.TenantId;
import dev.switchboard.event.UserId;
import dev.switchboard.sessions.Recorder;
import dev.switchboard.sessions.session.Replay;
import dev.switchboard.sessions.session.Session;
import dev.switchboard.sessions.subscriptions.LogShare;
import dev.switchboard.sessions.subscriptions.LogStreams;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Whom an order reaches, wherever its session stands. */
class ControlCommandsTest {
  private static final TenantId TENANT = new TenantId("t");
  private static final UserId USER = new UserId("1");
  private static final LogId LOG = LogId.ofTenant(TENANT);

  private final List<String> asked = new ArrayList<>();
  private final LogStreams streams = new LogStreams(log -> {}, log -> {}, new LogShare(1, 1));
  private final SessionRegistry sessionRegistry = endings();
  private final ControlCommands controlCommands =
      new ControlCommands(new Revocations(), sessionRegistry, streams, supply());

  @Test
  void aSessionThatIsBehindLooksIntoItsInboxAllTheSame() {
    Session behind = Recorder.liveSession(TENANT, new Recorder());
    streams.follow(behind, LOG);
    behind.replays().add(new Replay(LOG, new LogPosition("e", 1)));

    controlCommands.apply(readInbox(TENANT, USER));

    assertThat(asked).containsExactly("t/1");
  }

  @Test
  void othersDoNotLook() {
    streams.follow(Recorder.liveSession(TENANT, new Recorder()), LOG);

    controlCommands.apply(readInbox(TENANT, new UserId("2")));
    controlCommands.apply(readInbox(new TenantId("other"), USER));

    assertThat(asked).isEmpty();
  }

  @Test
  void aSessionThatIsNotLiveYetIsDisconnected() {
    Session opening = opening(0);

    controlCommands.apply(new ControlCommand.Disconnect(TENANT, USER, Instant.EPOCH));

    assertThat(opening.isClosed()).isTrue();
  }

  @Test
  void aDisconnectThatComesLateSparesWhoCameAfterIt() {
    Session before = opening(1_000);
    Session after = opening(1_001);

    controlCommands.applyMissed(new MissedDisconnect(TENANT, USER, 1_000));

    assertThat(before.isClosed()).isTrue();
    assertThat(after.isClosed()).isFalse();
  }

  private Session opening(long provenAt) {
    Session session = new Session("1", 0, 0);
    session.connect(new Recorder());
    sessionRegistry.begin(session);
    session.proven(user(), provenAt);
    streams.follow(session, LOG);
    return session;
  }

  private static Principal.User user() {
    Role role = new Role("any", TypeRule.ALL, TypeRule.ALL, new TopicRule(List.of()), Set.of());
    return new Principal.User(TENANT, USER, role, Instant.EPOCH, Instant.MAX, null);
  }

  private static ControlCommand readInbox(TenantId tenant, UserId user) {
    return new ControlCommand.ReadInbox(tenant, user, Instant.EPOCH);
  }

  /** Presence is told of live sessions alone, and no live one ends here. */
  @SuppressWarnings("NullAway")
  private static SessionRegistry endings() {
    return new SessionRegistry(
        new SessionCount(new SimpleMeterRegistry()), new PresenceNotifier(null), null);
  }

  /** What would follow an answer is never asked for, as no answer comes. */
  @SuppressWarnings("NullAway")
  private BacklogDelivery supply() {
    return new BacklogDelivery(new InboxDelivery(new SilentInbox()), null, null);
  }

  private final class SilentInbox implements SessionInbox {
    @Override
    public Future<List<Message>> read(TenantId tenant, UserId user, long after) {
      asked.add(tenant + "/" + user);
      return Promise.<List<Message>>promise().future();
    }

    @Override
    public Future<Void> remove(TenantId tenant, UserId user, List<EventId> events) {
      return Future.succeededFuture();
    }
  }
}
