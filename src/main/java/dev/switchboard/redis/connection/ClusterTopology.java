package dev.switchboard.redis.connection;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** What this process last learnt of the cluster's servers. Usable from every thread. */
final class ClusterTopology {
  private final List<ServerAddress> seeds;
  private volatile @Nullable SlotMap map;

  /** Knows the configured servers only. */
  ClusterTopology(List<ServerAddress> seeds) {
    this.seeds = List.copyOf(seeds);
  }

  @Nullable SlotMap map() {
    return map;
  }

  void learn(SlotMap newer) {
    map = newer;
  }

  /** Servers that may be asked, masters first, in a different order each time. */
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
