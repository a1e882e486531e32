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
import dev.switchboard.config.EncryptionConfig;
import dev.switchboard.config.InboxConfig;
import dev.switchboard.config.Secret;
import dev.switchboard.config.binding.ByteSize;
import dev.switchboard.event.LogId;
import dev.switchboard.event.LogPosition;
import dev.switchboard.event.TenantId;
import dev.switchboard.event.UserId;
import dev.switchboard.inbox.InboxStore;
import dev.switchboard.inbox.InboxStore.MessageFormat;
import dev.switchboard.redis.Keys;
import dev.switchboard.redis.RedisCommands;
import dev.switchboard.redis.Reply;
import dev.switchboard.sealing.PayloadSeal;
import dev.switchboard.sessions.Recorder;
import dev.switchboard.sessions.TestRegistry;
import dev.switchboard.sessions.registry.SessionRegistry;
import dev.switchboard.sessions.session.LogSubscription.Entering;
import dev.switchboard.sessions.session.Session;
import dev.switchboard.sessions.subscriptions.LogShare;
import dev.switchboard.sessions.subscriptions.LogStreams;
import dev.switchboard.support.TestLimits;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Clock;
import java.time.Duration;
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
  private static final Keys KEYS = new Keys("t");

  private final List<Object> keysRead = new ArrayList<>();
  private final LogStreams streams = new LogStreams(log -> {}, log -> {}, new LogShare(1, 1));
  private final SessionRegistry registry =
      TestRegistry.of(ConfigLoader.defaults(name -> null).sessions());
  private final ControlCommands controlCommands =
      new ControlCommands(
          new Revocations(Duration.ZERO, Clock.systemUTC()), registry, streams, backlog());

  @Test
  void sessionThatIsCatchingUpReadsItsInbox() {
    Session behind = Recorder.liveSession(TENANT, new Recorder());
    streams.subscribe(behind, LOG);
    requireNonNull(streams.find(LOG)).open(new LogPosition("e", 1));
    Entering entering = (Entering) requireNonNull(behind.logs().find(LOG));
    behind.logs().replace(entering, entering.catchUpFrom(new LogPosition("e", 0)));

    controlCommands.apply(new ControlCommand.ReadInbox(TENANT, USER, Instant.EPOCH));

    assertThat(keysRead).containsExactly(KEYS.offline(TENANT, USER));
  }

  @Test
  void sessionsOfOthersDoNotReadTheirInbox() {
    streams.subscribe(Recorder.liveSession(TENANT, new Recorder()), LOG);

    controlCommands.apply(new ControlCommand.ReadInbox(TENANT, new UserId("2"), Instant.EPOCH));
    controlCommands.apply(new ControlCommand.ReadInbox(new TenantId("other"), USER, Instant.EPOCH));

    assertThat(keysRead).isEmpty();
  }

  @Test
  void sessionThatIsNotLiveYetIsDisconnected() {
    Session opening = opening(0);

    controlCommands.apply(new ControlCommand.Disconnect(TENANT, USER, Instant.EPOCH));

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

  /** No read is ever answered, so nothing that would follow an answer is used. */
  @SuppressWarnings("NullAway")
  private BacklogDelivery backlog() {
    InboxStore inbox =
        new InboxStore(
            new SilentRedis(),
            KEYS,
            new InboxStore.Bounds(
                new InboxConfig(1, new ByteSize(1), Duration.ofDays(1)), TestLimits.ofDefaults()),
            new MessageFormat(
                new PayloadSeal(
                    new EncryptionConfig(new Secret(""), false), new SimpleMeterRegistry()),
                Clock.systemUTC()),
            new SimpleMeterRegistry());
    return new BacklogDelivery(new InboxDelivery(inbox, null, null), null, null);
  }

  /** Remembers the first key of each script it is asked to run, and never replies. */
  private final class SilentRedis implements RedisCommands {
    @Override
    public Future<Reply> send(String command, List<?> arguments) {
      keysRead.add(arguments.get(2));
      return Promise.<Reply>promise().future();
    }

    @Override
    public <T> Future<T> replicated(String key, Future<T> write) {
      return write;
    }

    @Override
    public Future<Integer> publishEverywhere(String channel, String message) {
      return Promise.<Integer>promise().future();
    }

    @Override
    public Future<Void> close() {
      return Future.succeededFuture();
    }
  }
}
