package dev.switchboard.redis.connection;

import io.vertx.core.Future;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Picks a server of the cluster for a subscription: what is published anywhere in a cluster comes
 * to each of its servers. Belongs to one event loop.
 */
final class AnyClusterNode implements ServerLocator {
  private final ClusterTopology topology;
  private @Nullable ServerAddress last;

  AnyClusterNode(ClusterTopology topology) {
    this.topology = topology;
  }

  /** Another one than the last time, which was given up for some reason. */
  @Override
  public Future<ServerAddress> locate() {
    List<ServerAddress> candidates = topology.candidates();
    ServerAddress picked =
        candidates.stream().filter(one -> !one.equals(last)).findFirst().orElse(candidates.get(0));
    last = picked;
    return Future.succeededFuture(picked);
  }

  /** A server that was taken out of the cluster goes on confirming subscriptions. */
  @Override
  public boolean isStale(ServerAddress connected) {
    SlotMap map = topology.map();
    return map != null && map.missing() == 0 && !map.contains(connected);
  }
}
