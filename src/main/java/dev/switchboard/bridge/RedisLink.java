package dev.switchboard.bridge;

import dev.switchboard.bus.HubBatch;
import java.util.function.BooleanSupplier;

/**
 * Whether the link to Redis works: the subscription is live and all servers answer. Sends changes
 * to the hubs, and has every log read once the link is restored. Belongs to one event loop.
 */
final class RedisLink {
  private final BooleanSupplier live;
  private final BooleanSupplier serving;
  private final LogFollowers logFollowers;
  private final HubQueues queues;
  private boolean up;

  RedisLink(
      BooleanSupplier live, BooleanSupplier serving, LogFollowers logFollowers, HubQueues queues) {
    this.live = live;
    this.serving = serving;
    this.logFollowers = logFollowers;
    this.queues = queues;
  }

  /** The subscription is lost, so messages are missed. */
  void lost() {
    logFollowers.linkDown();
    update();
  }

  /** Checks again whether the link works, and passes on a change. */
  void update() {
    boolean now = live.getAsBoolean() && serving.getAsBoolean();
    if (now == up) {
      return;
    }
    up = now;
    queues.linkChanged(new HubBatch.LinkChanged(up));
    if (up) {
      logFollowers.linkRestored();
    }
  }
}
