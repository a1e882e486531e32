package dev.switchboard.node;

import dev.switchboard.event.LogId;
import dev.switchboard.redis.EventLog;
import dev.switchboard.redis.RedisCommands;
import dev.switchboard.redis.Reply;
import io.vertx.core.Future;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;

/** What the events of a warm-up leave in Redis. Belongs to one event loop. */
final class WarmUpKeys {
  /** Longer than a warm-up can be. */
  private static final long EXPIRY_SECONDS = 300;

  private final RedisCommands redis;
  private final EventLog eventLog;
  private final LogId log;
  private final Clock clock;
  private final long startedMillis;

  /**
   * @param redis commands of the event loop
   * @param log the only log that the events are in
   */
  WarmUpKeys(SharedComponents components, RedisCommands redis, LogId log) {
    this.redis = redis;
    this.eventLog = components.eventLog(redis);
    this.log = log;
    this.clock = components.clock;
    this.startedMillis = clock.millis();
  }

  /** Makes them expire soon, in case this process ends before it deletes them. */
  Future<Void> expireSoon() {
    List<Future<Reply>> calls = new ArrayList<>();
    names().forEach(key -> calls.add(redis.send("expire", List.of(key, EXPIRY_SECONDS))));
    return Future.join(calls).mapEmpty();
  }

  /** Deletes them. */
  Future<Void> delete() {
    List<Future<Reply>> calls = new ArrayList<>();
    names().forEach(key -> calls.add(redis.send("del", List.of(key))));
    return Future.join(calls).mapEmpty();
  }

  private List<String> names() {
    return eventLog.keysOf(log, startedMillis, clock.millis());
  }
}
