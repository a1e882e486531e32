package dev.switchboard.redis;

import dev.switchboard.event.TenantId;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What every node says of its sessions, until it falls silent. */
public final class NodeCounts {
  /** A node that said nothing for so long has no sessions. */
  public static final Duration LIFETIME = Duration.ofSeconds(15);

  private static final LuaScript TELL = LuaScript.load("stats/tell_counts");
  private static final String ALL = "*";

  private final RedisCommands redis;
  private final Keys keys;

  /** Over the commands of one event loop. */
  public NodeCounts(RedisCommands redis, Keys keys) {
    this.redis = redis;
    this.keys = keys;
  }

  /** Says how many sessions a node has. */
  public Future<Void> tell(String node, Map<TenantId, Integer> tenants, int all, long nowMillis) {
    List<Object> counts = new ArrayList<>(List.of(LIFETIME.toMillis(), ALL, all));
    tenants.forEach(
        (tenant, count) -> {
          counts.add(tenant.value());
          counts.add(count);
        });
    return TELL.call(redis, List.of(keys.nodeCounts(node)), counts)
        .compose(told -> redis.send("zadd", List.of(keys.nodes(), nowMillis, node)))
        .compose(
            named ->
                redis.send(
                    "zremrangebyscore",
                    List.of(keys.nodes(), "-inf", nowMillis - 10 * LIFETIME.toMillis())))
        .mapEmpty();
  }

  /** The node has none any more. */
  public Future<Void> forget(String node) {
    return redis.send("del", List.of(keys.nodeCounts(node))).mapEmpty();
  }

  /** Sessions of nodes other than one: of the tenant, if any, and of all. */
  public Future<long[]> ofOthers(String node, @Nullable TenantId tenant) {
    return redis
        .send("zrange", List.of(keys.nodes(), 0, -1))
        .compose(
            named -> {
              List<Future<long[]>> each = new ArrayList<>();
              for (Reply other : named.list()) {
                if (!other.text().equals(node)) {
                  each.add(of(other.text(), tenant));
                }
              }
              return Future.all(each).map(all -> sum(all.list()));
            });
  }

  private Future<long[]> of(String node, @Nullable TenantId tenant) {
    return redis
        .send("hmget", List.of(keys.nodeCounts(node), tenant == null ? ALL : tenant.value(), ALL))
        .map(reply -> new long[] {count(reply.at(0)), count(reply.at(1))});
  }

  private static long count(Reply reply) {
    return reply.isNil() ? 0 : Long.parseLong(reply.text());
  }

  private static long[] sum(List<long[]> counts) {
    long[] sum = new long[2];
    for (long[] count : counts) {
      sum[0] += count[0];
      sum[1] += count[1];
    }
    return sum;
  }
}
