package dev.switchboard.presence;

import dev.switchboard.bus.SessionClosed;
import dev.switchboard.bus.SessionOpened;
import dev.switchboard.config.PresenceConfig;
import dev.switchboard.redis.RedisCommands;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.function.Supplier;

/** The parts of one node's presence put together, made on its event loop. */
public final class PresenceLoop {
  private final RedisCommands redis;
  private final PresenceConfig config;
  private final PresenceTable table;
  private final PresenceWriter writer;
  private final HeartbeatLoop heartbeats;
  private final Reaper reaper;

  /** Owns the command path, beneath the store, and closes it. */
  public PresenceLoop(
      RedisCommands redis,
      PresenceStore store,
      PresenceConfig config,
      String node,
      ChangeAnnouncer announcer) {
    this.redis = redis;
    this.config = config;
    ChangePublisher driver = new ChangePublisher(store, announcer);
    Supplier<String> incarnations = new Incarnations(node);
    this.table = new PresenceTable(HeartbeatLoop.slices(config), incarnations);
    this.writer = new PresenceWriter(table, store, driver);
    this.heartbeats = new HeartbeatLoop(table, writer, config, System.nanoTime());
    this.reaper = new Reaper(store, driver, config, () -> System.nanoTime() / 1_000_000);
  }

  void opened(SessionOpened opened) {
    table.opened(opened.tenant(), opened.user(), opened.session());
  }

  void closed(SessionClosed closed) {
    table.closed(closed.tenant(), closed.user(), closed.session(), closed.reason());
  }

  Future<Void> flush() {
    return heartbeats.isQuiet(System.nanoTime()) ? Future.succeededFuture() : writer.flush();
  }

  Future<Void> tick() {
    return heartbeats.tick(System.nanoTime());
  }

  Future<Void> reap() {
    return reaper.round();
  }

  Duration reaperPeriod() {
    return config.reaper();
  }

  /** Sessions that ended during the drain are still told. */
  Future<Void> stop() {
    return writer.flush().compose(done -> writer.flush()).eventually(redis::close);
  }
}
