package dev.switchboard.redis.connection;

import io.vertx.core.Future;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Picks a node of the cluster for a subscription: a message published on any node of a cluster
 * reaches all of them. Belongs to one event loop.
 */
final class AnyClusterNode implements ServerLocator {
  private final ClusterTopology topology;
  private @Nullable ServerAddress last;

  AnyClusterNode(ClusterTopology topology) {
    this.topology = topology;
  }

  /** Picks another node than the last time, because that connection was given up. */
  @Override
  public Future<ServerAddress> locate() {
    List<ServerAddress> candidates = topology.candidates();
    ServerAddress picked =
        candidates.stream().filter(one -> !one.equals(last)).findFirst().orElse(candidates.get(0));
    last = picked;
    return Future.succeededFuture(picked);
  }

  /**
   * A node that was removed from the cluster still confirms subscriptions, but receives nothing.
   */
  @Override
  public boolean isStale(ServerAddress connected) {
    SlotMap map = topology.map();
    return map != null && map.missing() == 0 && !map.contains(connected);
  }
}
