package dev.switchboard.redis.nodes;

import dev.switchboard.redis.Keys;
import dev.switchboard.redis.NodeCounts;
import dev.switchboard.redis.RedisCommands;
import dev.switchboard.redis.RedisTime;
import dev.switchboard.redis.Reply;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What nodes report of themselves to operators. A report outlives its node for a while, so that
 * readers see that the node is gone.
 */
public final class NodeReports {
  /** How long a report is kept. */
  public static final Duration LIFETIME = NodeCounts.LIFETIME;

  private static final String REPORTED_AT = "reported_at_ms";

  private final RedisCommands redis;
  private final Keys keys;

  /** Over the commands of one event loop. */
  public NodeReports(RedisCommands redis, Keys keys) {
    this.redis = redis;
    this.keys = keys;
  }

  /**
   * A report as it was read.
   *
   * @param at when it was written, by the clock of Redis
   * @param age time since then, by the same clock
   */
  public record Report(String node, Instant at, Duration age, JsonObject content) {}

  /** Replaces the report of a node, whose name {@link NodeCounts} reports; without secrets. */
  public Future<Void> report(String node, JsonObject content) {
    return RedisTime.now(redis)
        .compose(
            now ->
                redis.send(
                    "set",
                    List.of(
                        keys.nodeReport(node),
                        content.copy().put(REPORTED_AT, now.toEpochMilli()).encode(),
                        "PX",
                        LIFETIME.toMillis())))
        .mapEmpty();
  }

  /** Removes the report of a node that stops. */
  public Future<Void> forget(String node) {
    return redis.send("del", List.of(keys.nodeReport(node))).mapEmpty();
  }

  /** The reports of all nodes that have one, in the order of their names. */
  public Future<List<Report>> all() {
    return RedisTime.now(redis)
        .compose(
            now ->
                redis
                    .send("zrange", List.of(keys.nodes(), 0, -1))
                    .compose(named -> readAll(named.list(), now)));
  }

  private Future<List<Report>> readAll(List<Reply> names, Instant now) {
    List<Future<@Nullable Report>> reads = new ArrayList<>();
    names.stream().map(Reply::text).sorted().forEach(node -> reads.add(read(node, now)));
    return Future.all(reads)
        .map(all -> all.<@Nullable Report>list().stream().filter(Objects::nonNull).toList());
  }

  private Future<@Nullable Report> read(String node, Instant now) {
    return redis
        .send("get", List.of(keys.nodeReport(node)))
        .map(reply -> reply.isNil() ? null : parse(node, reply.bytes(), now));
  }

  /** Leaves out what another program wrote. */
  private static @Nullable Report parse(String node, byte[] text, Instant now) {
    try {
      JsonObject content = new JsonObject(Buffer.buffer(text));
      Long reported = content.getLong(REPORTED_AT);
      Instant at = Instant.ofEpochMilli(reported == null ? 0 : reported);
      content.remove(REPORTED_AT);
      return new Report(node, at, Duration.between(at, now), content);
    } catch (DecodeException | ClassCastException foreign) {
      return null;
    }
  }
}
