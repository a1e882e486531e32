package dev.switchboard.redis;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The settings that nodes report to each other; a node that stops reporting counts as gone. */
public final class NodeSettings {
  private final RedisCommands redis;
  private final Keys keys;

  /** Over the commands of one event loop. */
  public NodeSettings(RedisCommands redis, Keys keys) {
    this.redis = redis;
    this.keys = keys;
  }

  /** Reports the settings of a node, whose name {@link NodeCounts} reports; without secrets. */
  public Future<Void> report(String node, JsonObject settings) {
    return redis
        .send(
            "set",
            List.of(
                keys.nodeSettings(node), settings.encode(), "PX", NodeCounts.LIFETIME.toMillis()))
        .mapEmpty();
  }

  /** Removes the report of a node that stops. */
  public Future<Void> forget(String node) {
    return redis.send("del", List.of(keys.nodeSettings(node))).mapEmpty();
  }

  /** The settings of all nodes but one, by the name of the node. */
  public Future<Map<String, JsonObject>> ofOthers(String node) {
    return redis
        .send("zrange", List.of(keys.nodes(), 0, -1))
        .compose(
            named -> {
              Map<String, JsonObject> settings = new TreeMap<>();
              List<Future<?>> reads = new ArrayList<>();
              for (Reply other : named.list()) {
                if (!other.text().equals(node)) {
                  reads.add(read(other.text(), settings));
                }
              }
              return Future.all(reads).map(settings);
            });
  }

  private Future<?> read(String node, Map<String, JsonObject> settings) {
    return redis
        .send("get", List.of(keys.nodeSettings(node)))
        .onSuccess(
            reply -> {
              if (!reply.isNil()) {
                settings.put(node, parse(reply.bytes()));
              }
            });
  }

  private static JsonObject parse(byte[] text) {
    try {
      return new JsonObject(Buffer.buffer(text));
    } catch (DecodeException | ClassCastException foreign) {
      return new JsonObject();
    }
  }
}
