package dev.switchboard.sessions.lifecycle;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.auth.Principal;
import dev.switchboard.auth.Revocations;
import dev.switchboard.auth.Role;
import dev.switchboard.auth.TopicRule;
import dev.switchboard.auth.TypeRule;
import dev.switchboard.bus.ControlCommand;
import dev.switchboard.bus.MissedDisconnect;
import dev.switchboard.config.ConfigLoader;
import dev.switchboard.event.EventId;
import dev.switchboard.event.LogId;
import dev.switchboard.event.LogPosition;
import dev.switchboard.event.TenantId;
import dev.switchboard.event.UserId;
import dev.switchboard.sessions.Recorder;
import dev.switchboard.sessions.TestRegistry;
import dev.switchboard.sessions.registry.SessionRegistry;
import dev.switchboard.sessions.session.LogSubscription.Entering;
import dev.switchboard.sessions.session.Session;
import dev.switchboard.sessions.subscriptions.LogShare;
import dev.switchboard.sessions.subscriptions.LogStreams;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The sessions that a control command reaches, in whatever state their subscriptions are. */
class ControlCommandsTest {
  private static final TenantId TENANT = new TenantId("t");
  private static final UserId USER = new UserId("1");
  private static final LogId LOG = LogId.ofTenant(TENANT);

  private final List<String> asked = new ArrayList<>();
  private final LogStreams streams = new LogStreams(log -> {}, log -> {}, new LogShare(1, 1));
  private final SessionRegistry registry =
      TestRegistry.of(ConfigLoader.defaults(name -> null).sessions());
  private final ControlCommands controlCommands =
      new ControlCommands(new Revocations(), registry, streams, backlog());

  @Test
  void sessionThatIsCatchingUpReadsItsInbox() {
    Session behind = Recorder.liveSession(TENANT, new Recorder());
    streams.subscribe(behind, LOG);
    requireNonNull(streams.find(LOG)).open(new LogPosition("e", 1));
    Entering entering = (Entering) requireNonNull(behind.logs().find(LOG));
    behind.logs().replace(entering, entering.catchUpFrom(new LogPosition("e", 0)));

    controlCommands.apply(command(ControlCommand.Kind.READ_INBOX, TENANT, USER));

    assertThat(asked).containsExactly("t/1");
  }

  @Test
  void sessionsOfOthersDoNotReadTheirInbox() {
    streams.subscribe(Recorder.liveSession(TENANT, new Recorder()), LOG);

    controlCommands.apply(command(ControlCommand.Kind.READ_INBOX, TENANT, new UserId("2")));
    controlCommands.apply(command(ControlCommand.Kind.READ_INBOX, new TenantId("other"), USER));

    assertThat(asked).isEmpty();
  }

  @Test
  void sessionThatIsNotLiveYetIsDisconnected() {
    Session opening = opening(0);

    controlCommands.apply(command(ControlCommand.Kind.DISCONNECT, TENANT, USER));

    assertThat(opening.isClosed()).isTrue();
  }

  @Test
  void missedDisconnectSparesSessionsThatBeganAfterIt() {
    Session before = opening(1_000);
    Session after = opening(1_001);

    controlCommands.applyMissed(new MissedDisconnect(TENANT, USER, 1_000));

    assertThat(before.isClosed()).isTrue();
    assertThat(after.isClosed()).isFalse();
  }

  private Session opening(long authenticatedAt) {
    Session session = new Session("1", 0, 0);
    session.connect(new Recorder());
    registry.add(session);
    session.authenticated(user(), authenticatedAt);
    streams.subscribe(session, LOG);
    return session;
  }

  private static Principal.User user() {
    Role role = new Role("any", TypeRule.ALL, TypeRule.ALL, new TopicRule(List.of()), Set.of());
    return new Principal.User(TENANT, USER, role, Instant.EPOCH, Instant.MAX, null);
  }

  private static ControlCommand command(ControlCommand.Kind kind, TenantId tenant, UserId user) {
    return new ControlCommand(kind, tenant, user, null, Instant.EPOCH);
  }

  /** No read is ever answered, so nothing that would follow an answer is used. */
  @SuppressWarnings("NullAway")
  private BacklogDelivery backlog() {
    return new BacklogDelivery(new InboxDelivery(new SilentInbox(), null, null), null, null);
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
