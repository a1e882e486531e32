package dev.switchboard.kept;

import dev.switchboard.event.KeptKey;
import dev.switchboard.event.LogEvent;
import dev.switchboard.event.LogId;
import dev.switchboard.event.LogPosition;
import dev.switchboard.redis.EventLog;
import dev.switchboard.redis.Keys;
import dev.switchboard.redis.LuaScript;
import dev.switchboard.redis.RedisCommands;
import dev.switchboard.redis.Reply;
import dev.switchboard.redis.TenantLimits;
import dev.switchboard.sealing.PayloadSeal;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads kept events: one method per script. Belongs to one event loop. */
public final class KeptStore {
  private static final Duration[] PAGE_BOUNDS =
      Stream.of(2, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500)
          .map(Duration::ofMillis)
          .toArray(Duration[]::new);

  private final RedisCommands redis;
  private final Keys keys;
  private final TenantLimits limits;
  private final PayloadSeal seal;
  private final Counter snapshots;
  private final Timer pageReads;

  /** Over the commands of one event loop. */
  public KeptStore(
      RedisCommands redis,
      Keys keys,
      TenantLimits limits,
      PayloadSeal seal,
      MeterRegistry metrics) {
    this.redis = redis;
    this.keys = keys;
    this.limits = limits;
    this.seal = seal;
    this.snapshots =
        Counter.builder("switchboard.kept.snapshots")
            .description("Snapshots of kept events that were begun, each for any number of readers")
            .register(metrics);
    this.pageReads =
        Timer.builder("switchboard.kept.page.reads")
            .description("Time to read one page of a snapshot of kept events from Redis")
            .serviceLevelObjectives(PAGE_BOUNDS)
            .register(metrics);
  }

  /** Begins a snapshot; creates the log if it does not exist. */
  public Future<KeptStart> open(LogId log) {
    snapshots.increment();
    List<String> scriptKeys =
        new ArrayList<>(
            List.of(
                keys.log(log),
                keys.logMeta(log),
                keys.kept(log),
                keys.keptOrder(log),
                keys.keptExpiry(log)));
    List<Object> arguments =
        new ArrayList<>(List.of(EventLog.epochSuffix(), EventLog.META_SECONDS));
    limits.addTopic(keys, log, scriptKeys, arguments);
    return LuaScript.OPEN_KEPT
        .call(redis, scriptKeys, arguments)
        .map(
            reply ->
                new KeptStart(
                    new LogPosition(reply.at(0).text(), whole(reply.at(1))),
                    whole(reply.at(2)),
                    Instant.ofEpochMilli(whole(reply.at(3))),
                    Instant.ofEpochMilli(whole(reply.at(4))),
                    whole(reply.at(5)),
                    whole(reply.at(6))));
  }

  /**
   * A part of a snapshot to read.
   *
   * @param start where the snapshot began
   * @param after place behind which the page begins; 0 for the first one
   * @param collections those to read; none: all
   * @param maxKeys keys to look at
   * @param enoughBytes the page stops behind the event with which it reaches that many
   */
  public record Range(
      KeptStart start, long after, Collection<String> collections, int maxKeys, long enoughBytes) {
    public Range {
      collections = List.copyOf(collections);
    }
  }

  /** Reads a page; null if the epoch in which the snapshot began is over. */
  public Future<@Nullable KeptPage> read(LogId log, Range range) {
    List<Object> arguments = new ArrayList<>(7 + range.collections().size());
    arguments.add(range.start().top().epoch());
    arguments.add(range.after());
    arguments.add(range.start().place());
    arguments.add(range.maxKeys());
    arguments.add(range.enoughBytes());
    arguments.add(EventLog.epochSuffix());
    arguments.add(EventLog.META_SECONDS);
    arguments.addAll(range.collections());
    List<String> scriptKeys =
        List.of(keys.log(log), keys.logMeta(log), keys.kept(log), keys.keptOrder(log));
    long started = System.nanoTime();
    return LuaScript.READ_KEPT
        .call(redis, scriptKeys, arguments)
        .onSuccess(read -> pageReads.record(System.nanoTime() - started, TimeUnit.NANOSECONDS))
        .map(this::page);
  }

  private @Nullable KeptPage page(Reply reply) {
    List<Reply> parts = reply.list();
    String next = parts.get(0).text();
    if (next.equals("over")) {
      return null;
    }
    List<LogEvent> events = new ArrayList<>(parts.size());
    int unreadable = 0;
    for (Reply part : parts.subList(1, parts.size())) {
      LogEvent event = event(StoredState.parse(part.bytes()));
      if (event == null) {
        unreadable++;
      } else {
        events.add(event);
      }
    }
    return new KeptPage(events, unreadable, next.isEmpty() ? null : Long.valueOf(next));
  }

  private @Nullable LogEvent event(StoredState state) {
    byte[] body = seal.open(state.body());
    return body == null ? null : LogEvent.of(state.position(), body);
  }

  /** The last event of a key; null if there is none at that moment, or it can't be decrypted. */
  public Future<@Nullable LogEvent> find(LogId log, KeptKey key, Instant now) {
    return redis
        .send("hget", List.of(keys.kept(log), key.toString()))
        .map(
            reply -> {
              StoredState state = reply.isNil() ? null : StoredState.parse(reply.bytes());
              return state == null || !state.end().isAfter(now) ? null : event(state);
            });
  }

  /** The number of keys of each collection, in the order of their names. */
  public Future<Map<String, Long>> collections(LogId log) {
    return LuaScript.LIST_KEPT
        .call(redis, List.of(keys.keptExpiry(log), keys.kept(log)), List.of())
        .map(
            reply -> {
              Map<String, Long> counts = new TreeMap<>();
              for (int i = 0; i + 1 < reply.size(); i += 2) {
                counts.put(reply.at(i).text(), whole(reply.at(i + 1)));
              }
              return counts;
            });
  }

  private static long whole(Reply reply) {
    return Long.parseLong(reply.text());
  }
}
