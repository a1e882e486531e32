package dev.switchboard.sessions.lifecycle;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.auth.Principal;
import dev.switchboard.auth.Role;
import dev.switchboard.auth.TopicRule;
import dev.switchboard.auth.TypeRule;
import dev.switchboard.config.ConfigLoader;
import dev.switchboard.config.LogsConfig;
import dev.switchboard.config.SessionsConfig;
import dev.switchboard.config.SwitchboardConfig;
import dev.switchboard.config.binding.ByteSize;
import dev.switchboard.event.CloseReason;
import dev.switchboard.event.LogId;
import dev.switchboard.event.LogPosition;
import dev.switchboard.event.TenantId;
import dev.switchboard.event.UserId;
import dev.switchboard.sessions.Recorder;
import dev.switchboard.sessions.TestRegistry;
import dev.switchboard.sessions.registry.OutboundQueue;
import dev.switchboard.sessions.registry.SessionRegistry;
import dev.switchboard.sessions.session.LogSubscription.Entering;
import dev.switchboard.sessions.session.Session;
import dev.switchboard.sessions.session.SessionTime;
import dev.switchboard.sessions.subscriptions.LogShare;
import dev.switchboard.sessions.subscriptions.LogStream;
import dev.switchboard.sessions.subscriptions.LogStreams;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is done for a session as time passes, with time moved by hand. */
class UpkeepTest {
  private static final LogId LOG = LogId.ofTenant(new TenantId("t"));
  private static final LogsConfig LOGS =
      new LogsConfig(100, Duration.ofMinutes(10), new ByteSize(100_000));
  private static final Instant EXPIRES = Instant.ofEpochSecond(3_600);

  private final SwitchboardConfig defaults = ConfigLoader.defaults(name -> null);
  private final SessionsConfig config = defaults.sessions();
  private final ManualTime time = new ManualTime();
  private final LogStreams streams = new LogStreams(log -> {}, log -> {}, LogShare.of(LOGS));
  private final Recorder wire = new Recorder();
  private final SessionRegistry registry = TestRegistry.of(config);
  private final OutboundQueue outboundQueue = new OutboundQueue(config, registry);
  private final PositionReminder positions =
      new PositionReminder(LOGS, time, streams, outboundQueue);
  private final Upkeep upkeep =
      new Upkeep(
          new Heartbeat(config, time, registry),
          new TokenExpiry(defaults, time, visitor -> true, registry, outboundQueue),
          positions);
  private final Session session = liveSession();

  @BeforeEach
  void openTheLog() {
    registry.add(session);
    streams.subscribe(session, LOG);
    requireNonNull(streams.find(LOG)).open(position(5));
    session.logs().replace(entering(), entering().join());
    positions.positionSent(session);
  }

  @Test
  void positionThatMovedIsSentEveryHalfMinute() {
    logReaches(6);

    checkAfter(Duration.ofMillis(29_999));
    assertThat(wire.written()).isEmpty();
    checkAfter(Duration.ofMillis(1));

    assertThat(wire.written()).hasSize(1);
    assertThat(wire.written().get(0).getString("type")).isEqualTo("position");
    assertThat(wire.written().get(0).getJsonObject("payload").getString("position"))
        .isEqualTo("e:6");
  }

  @Test
  void positionThatDidNotMoveIsNotSent() {
    checkAfter(Duration.ofSeconds(31));

    assertThat(wire.written()).isEmpty();
  }

  @Test
  void silenceDuringAStallOfTheNodeEndsNoSession() {
    rounds(Duration.ofSeconds(20));

    roundAfter(config.idleTimeout());
    assertThat(session.isClosed()).isFalse();
    rounds(config.idleTimeout().minusSeconds(22));
    assertThat(session.isClosed()).isFalse();

    rounds(Duration.ofSeconds(2));
    assertThat(session.isClosed()).isTrue();
  }

  @Test
  void silenceDuringAStallInTheMiddleOfATurnEndsNoSession() {
    time.nanos += Duration.ofSeconds(1).toNanos();
    upkeep.beginTurn(Duration.ofSeconds(1));

    time.nanos += config.idleTimeout().toNanos();
    upkeep.check(session);
    roundAfter(Duration.ofSeconds(1));

    assertThat(session.isClosed()).isFalse();
  }

  @Test
  void authSentDuringAStallIsReadBeforeTheDeadlineCounts() {
    Session waiting =
        new Session("waiting", time.nanos, time.nanos + Duration.ofSeconds(2).toNanos());
    waiting.connect(new Recorder());
    registry.add(waiting);

    time.nanos += Duration.ofSeconds(40).toNanos();
    upkeep.beginTurn(Duration.ofSeconds(1));
    upkeep.check(waiting);
    assertThat(waiting.isClosed()).isFalse();

    time.nanos += Duration.ofSeconds(1).toNanos();
    upkeep.beginTurn(Duration.ofSeconds(1));
    upkeep.check(waiting);
    assertThat(waiting.isClosed()).isTrue();
  }

  private void rounds(Duration time) {
    for (long second = 0; second < time.toSeconds(); second++) {
      roundAfter(Duration.ofSeconds(1));
    }
  }

  private void roundAfter(Duration pause) {
    time.nanos += pause.toNanos();
    upkeep.beginTurn(Duration.ofSeconds(1));
    upkeep.check(session);
  }

  @Test
  void positionIsSentAtOnceWhenATenthOfTheLogHasGoneByInEvents() {
    logReaches(14);
    checkAfter(Duration.ofMillis(1));
    assertThat(wire.written()).isEmpty();

    logReaches(15);
    checkAfter(Duration.ofMillis(1));

    assertThat(wire.written()).hasSize(1);
  }

  @Test
  void positionIsSentAtOnceWhenATenthOfTheLogHasGoneByInBytes() {
    LogStream stream = requireNonNull(streams.find(LOG));
    stream.advance(position(6), 5_000);
    stream.advance(position(7), 4_900);
    checkAfter(Duration.ofMillis(1));
    assertThat(wire.written()).isEmpty();

    stream.advance(position(8), 100);
    checkAfter(Duration.ofMillis(1));

    assertThat(wire.written()).hasSize(1);
  }

  @Test
  void expiryIsWarnedOfOnceAndEndsTheSessionAfterTheLeeway() {
    long left = EXPIRES.toEpochMilli() - config.expiryWarning().toMillis();
    time.millis = left - 1;
    upkeep.check(session);
    assertThat(wire.written()).isEmpty();
    time.millis = left;
    upkeep.check(session);
    upkeep.check(session);
    assertThat(wire.written()).hasSize(1);
    assertThat(wire.written().get(0).getString("type")).isEqualTo("token.expiring");

    time.millis = EXPIRES.toEpochMilli() + 4_999;
    upkeep.check(session);
    assertThat(wire.closedFor()).isEmpty();
    time.millis++;
    upkeep.check(session);

    assertThat(wire.closedFor()).containsExactly(CloseReason.NOT_AUTHENTICATED);
  }

  @Test
  void silentClientIsPingedAndThenClosed() {
    checkAfter(config.heartbeat());
    assertThat(wire.pings()).containsExactly(1L);

    checkAfter(config.idleTimeout().minus(config.heartbeat()));

    assertThat(wire.closedFor()).containsExactly(CloseReason.NO_HEARTBEAT);
  }

  private void logReaches(long offset) {
    requireNonNull(streams.find(LOG)).advance(position(offset), 0);
  }

  private static LogPosition position(long offset) {
    return new LogPosition("e", offset);
  }

  private Entering entering() {
    return (Entering) requireNonNull(session.logs().find(LOG));
  }

  private void checkAfter(Duration passed) {
    time.nanos += passed.toNanos();
    time.millis += passed.toMillis();
    upkeep.beginTurn(passed);
    upkeep.check(session);
  }

  private Session liveSession() {
    Session live = new Session("1", 0, 0);
    Role role =
        new Role("agent", TypeRule.ALL, TypeRule.ALL, new TopicRule(List.of("*")), Set.of());
    live.connect(wire);
    live.authenticated(
        new Principal.User(new TenantId("t"), new UserId("1"), role, Instant.EPOCH, EXPIRES, null),
        0);
    live.opened();
    return live;
  }

  private static final class ManualTime implements SessionTime {
    private long nanos;
    private long millis;

    @Override
    public long nanos() {
      return nanos;
    }

    @Override
    public long millis() {
      return millis;
    }
  }
}
