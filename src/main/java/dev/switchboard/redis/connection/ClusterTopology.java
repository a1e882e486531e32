package dev.switchboard.redis.connection;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** The latest slot map of the cluster, shared by all connections of this process. Thread-safe. */
final class ClusterTopology {
  private final List<ServerAddress> seeds;
  private volatile @Nullable SlotMap map;

  /** Knows only the configured nodes at first. */
  ClusterTopology(List<ServerAddress> seeds) {
    this.seeds = List.copyOf(seeds);
  }

  @Nullable SlotMap map() {
    return map;
  }

  void update(SlotMap newer) {
    map = newer;
  }

  /** The nodes to ask, masters first, in a random order. */
  List<ServerAddress> candidates() {
    SlotMap known = map;
    List<ServerAddress> all = known == null ? new ArrayList<>() : known.masters();
    Collections.shuffle(all, ThreadLocalRandom.current());
    List<ServerAddress> others = new ArrayList<>(seeds);
    others.removeAll(all);
    Collections.shuffle(others, ThreadLocalRandom.current());
    all.addAll(others);
    return all;
  }
}
