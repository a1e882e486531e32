package dev.switchboard.sessions.lifecycle;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.auth.Principal;
import dev.switchboard.auth.Role;
import dev.switchboard.auth.TopicRule;
import dev.switchboard.auth.TypeRule;
import dev.switchboard.config.ByteSize;
import dev.switchboard.config.ConfigLoader;
import dev.switchboard.config.SwitchboardConfig.Logs;
import dev.switchboard.config.SwitchboardConfig.Sessions;
import dev.switchboard.event.LogId;
import dev.switchboard.event.LogPosition;
import dev.switchboard.event.TenantId;
import dev.switchboard.event.UserId;
import dev.switchboard.sessions.Recorder;
import dev.switchboard.event.CloseReason;
import dev.switchboard.sessions.session.OutboundQueue;
import dev.switchboard.sessions.session.Session;
import dev.switchboard.sessions.session.SessionTime;
import dev.switchboard.sessions.subscriptions.LogShare;
import dev.switchboard.sessions.subscriptions.LogStream;
import dev.switchboard.sessions.subscriptions.LogStreams;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a session hears and suffers as time goes by, with time moved by hand. */
class UpkeepTest {
  private static final LogId LOG = LogId.ofTenant(new TenantId("t"));
  private static final LogShare SHARE =
      LogShare.of(new Logs(100, Duration.ofMinutes(10), new ByteSize(100_000)));
  private static final Instant EXPIRES = Instant.ofEpochSecond(3_600);

  private final Sessions config = ConfigLoader.defaults(name -> null).sessions();
  private final ManualTime time = new ManualTime();
  private final LogStreams streams = new LogStreams(log -> {}, log -> {}, SHARE);
  private final Recorder wire = new Recorder();
  private final List<CloseReason> ended = new ArrayList<>();
  private final Upkeep upkeep =
      new Upkeep(
          config,
          new Upkeep.Bounds(Duration.ofSeconds(30), Duration.ofSeconds(5)),
          time,
          streams,
          new OutboundQueue(config, session -> {}),
          visitor -> true,
          (session, reason, words) -> ended.add(reason));
  private final Session session = liveSession();

  @BeforeEach
  void openTheLog() {
    streams.follow(session, LOG);
    session.entering().remove(LOG);
    logReaches(5);
    upkeep.positionTold(session);
  }

  @Test
  void aPositionThatMovedIsToldEveryHalfMinute() {
    logReaches(6);

    lookAfter(Duration.ofMillis(29_999));
    assertThat(wire.written()).isEmpty();
    lookAfter(Duration.ofMillis(1));

    assertThat(wire.written()).hasSize(1);
    assertThat(wire.written().get(0).getString("type")).isEqualTo("position");
    assertThat(wire.written().get(0).getJsonObject("payload").getString("position"))
        .isEqualTo("e:6");
  }

  @Test
  void aPositionThatStoodStillIsNotTold() {
    lookAfter(Duration.ofSeconds(31));

    assertThat(wire.written()).isEmpty();
  }

  @Test
  void aPositionIsToldAtOnceWhenATenthOfTheLogWentByInEvents() {
    logReaches(14);
    lookAfter(Duration.ofMillis(1));
    assertThat(wire.written()).isEmpty();

    logReaches(15);
    lookAfter(Duration.ofMillis(1));

    assertThat(wire.written()).hasSize(1);
  }

  @Test
  void aPositionIsToldAtOnceWhenATenthOfTheLogWentByInBytes() {
    LogStream stream = requireNonNull(streams.find(LOG));
    stream.released(new LogPosition("e", 6), 5_000);
    stream.released(new LogPosition("e", 7), 4_900);
    lookAfter(Duration.ofMillis(1));
    assertThat(wire.written()).isEmpty();

    stream.released(new LogPosition("e", 8), 100);
    lookAfter(Duration.ofMillis(1));

    assertThat(wire.written()).hasSize(1);
  }

  @Test
  void aTokenIsWarnedOfOnceAndCountsUntilItsLeewayIsOver() {
    long left = EXPIRES.toEpochMilli() - config.expiryWarning().toMillis();
    time.millis = left - 1;
    upkeep.look(session);
    assertThat(wire.written()).isEmpty();
    time.millis = left;
    upkeep.look(session);
    upkeep.look(session);
    assertThat(wire.written()).hasSize(1);
    assertThat(wire.written().get(0).getString("type")).isEqualTo("token.expiring");

    time.millis = EXPIRES.toEpochMilli() + 4_999;
    upkeep.look(session);
    assertThat(ended).isEmpty();
    time.millis++;
    upkeep.look(session);

    assertThat(ended).containsExactly(CloseReason.NOT_AUTHENTICATED);
  }

  @Test
  void aSilentPeerIsAskedForASignOfLifeAndThenLetGo() {
    lookAfter(config.heartbeat());
    assertThat(wire.pings()).containsExactly(1L);

    lookAfter(config.idleTimeout().minus(config.heartbeat()));

    assertThat(ended).containsExactly(CloseReason.NO_HEARTBEAT);
  }

  private void logReaches(long offset) {
    requireNonNull(streams.find(LOG)).released(new LogPosition("e", offset), 0);
  }

  private void lookAfter(Duration passed) {
    time.nanos += passed.toNanos();
    time.millis += passed.toMillis();
    upkeep.look(session);
  }

  private Session liveSession() {
    Session live = new Session("1", 0, 0);
    Role role =
        new Role("agent", TypeRule.ALL, TypeRule.ALL, new TopicRule(List.of("*")), Set.of());
    live.connect(wire);
    live.proven(
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
