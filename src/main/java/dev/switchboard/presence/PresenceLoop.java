package dev.switchboard.presence;

import dev.switchboard.bus.SessionClosed;
import dev.switchboard.bus.SessionOpened;
import dev.switchboard.config.PresenceConfig;
import dev.switchboard.redis.RedisCommands;
import io.vertx.core.Future;
import java.time.Duration;

/** The parts of one node's presence put together, created on its event loop. */
public final class PresenceLoop {
  private final RedisCommands redis;
  private final Duration reaperPeriod;
  private final PresenceTable table;
  private final PresenceWriter writer;
  private final HeartbeatLoop heartbeats;
  private final Reaper reaper;

  /** Owns {@code redis}, which {@code store} uses too, and closes it. */
  public PresenceLoop(
      RedisCommands redis,
      PresenceStore store,
      PresenceConfig config,
      String node,
      ChangeAnnouncer announcer) {
    this.redis = redis;
    this.reaperPeriod = config.reaper();
    LeaseTimes times = LeaseTimes.of(config);
    ChangePublisher publisher = new ChangePublisher(store, announcer);
    int slices = HeartbeatSchedule.slices(HeartbeatLoop.TICK, config.heartbeat());
    this.table = new PresenceTable(slices, new Incarnations(node));
    this.writer = new PresenceWriter(table, store, publisher);
    HeartbeatSchedule schedule =
        new HeartbeatSchedule(HeartbeatLoop.TICK, times, System.nanoTime());
    this.heartbeats = new HeartbeatLoop(table, writer, schedule);
    this.reaper =
        new Reaper(store, writer::isFailing, publisher, times, () -> System.nanoTime() / 1_000_000);
  }

  /** Users with sessions on this node; callable from every thread. */
  public int users() {
    return table.users();
  }

  void opened(SessionOpened opened) {
    table.opened(opened.tenant(), opened.user(), opened.session());
  }

  void closed(SessionClosed closed) {
    table.closed(closed.tenant(), closed.user(), closed.session(), closed.reason());
  }

  void flush() {
    heartbeats.flush(System.nanoTime());
  }

  void tick() {
    heartbeats.tick(System.nanoTime());
  }

  Future<Void> reap() {
    return reaper.round();
  }

  Duration reaperPeriod() {
    return reaperPeriod;
  }

  /** Records the end of the sessions that ended during the drain, then closes the connections. */
  Future<Void> stop() {
    return writer.flushed().compose(done -> writer.flushed()).eventually(redis::close);
  }
}
