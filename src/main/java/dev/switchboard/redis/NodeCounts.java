package dev.switchboard.redis;

import dev.switchboard.event.TenantId;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The numbers of sessions that nodes report; a node that stops reporting counts as gone. */
public final class NodeCounts {
  /** How long a report is valid. */
  public static final Duration LIFETIME = Duration.ofSeconds(15);

  /** Field of the count of all sessions; the other fields are tenants. */
  private static final String ALL = "*";

  private final RedisCommands redis;
  private final Keys keys;

  /** Over the commands of one event loop. */
  public NodeCounts(RedisCommands redis, Keys keys) {
    this.redis = redis;
    this.keys = keys;
  }

  /** Numbers of sessions: of one tenant, or 0 if none was given, and of all. */
  public record Sessions(long ofTenant, long all) {
    private Sessions plus(Sessions other) {
      return new Sessions(ofTenant + other.ofTenant, all + other.all);
    }
  }

  /**
   * Reports how many sessions a node has.
   *
   * @param tenants numbers of sessions of the tenants that have any
   * @param all number of all sessions, including those of visitors
   */
  public Future<Void> report(String node, Map<TenantId, Integer> tenants, int all, long nowMillis) {
    List<Object> counts = new ArrayList<>(List.of(LIFETIME.toMillis(), ALL, all));
    tenants.forEach(
        (tenant, count) -> {
          counts.add(tenant.value());
          counts.add(count);
        });
    return LuaScript.REPLACE_COUNTS
        .call(redis, List.of(keys.nodeCounts(node)), counts)
        .compose(stored -> redis.send("zadd", List.of(keys.nodes(), nowMillis, node)))
        .compose(
            named ->
                redis.send(
                    "zremrangebyscore",
                    List.of(keys.nodes(), "-inf", nowMillis - 10 * LIFETIME.toMillis())))
        .mapEmpty();
  }

  /** Removes the report of a node that stops. */
  public Future<Void> forget(String node) {
    return redis.send("del", List.of(keys.nodeCounts(node))).mapEmpty();
  }

  /** The names of the nodes whose reports are valid. */
  public Future<Set<String>> present() {
    return redis
        .send("zrange", List.of(keys.nodes(), 0, -1))
        .compose(
            named -> {
              Set<String> present = new TreeSet<>();
              List<Future<?>> looks = new ArrayList<>();
              named.list().forEach(node -> looks.add(look(node.text(), present)));
              return Future.all(looks).map(present);
            });
  }

  private Future<?> look(String node, Set<String> present) {
    return redis
        .send("exists", List.of(keys.nodeCounts(node)))
        .onSuccess(
            found -> {
              if (found.number() > 0) {
                present.add(node);
              }
            });
  }

  /** Sums the reports of all nodes but one. */
  public Future<Sessions> ofOthers(String node, @Nullable TenantId tenant) {
    return redis
        .send("zrange", List.of(keys.nodes(), 0, -1))
        .compose(
            named -> {
              List<Future<Sessions>> each = new ArrayList<>();
              for (Reply other : named.list()) {
                if (!other.text().equals(node)) {
                  each.add(of(other.text(), tenant));
                }
              }
              return Future.all(each)
                  .map(
                      all ->
                          all.<Sessions>list().stream().reduce(new Sessions(0, 0), Sessions::plus));
            });
  }

  private Future<Sessions> of(String node, @Nullable TenantId tenant) {
    return redis
        .send("hmget", List.of(keys.nodeCounts(node), tenant == null ? ALL : tenant.value(), ALL))
        .map(reply -> new Sessions(tenant == null ? 0 : count(reply.at(0)), count(reply.at(1))));
  }

  private static long count(Reply reply) {
    return reply.isNil() ? 0 : Long.parseLong(reply.text());
  }
}
