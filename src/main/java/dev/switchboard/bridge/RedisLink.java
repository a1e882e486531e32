package dev.switchboard.bridge;

import dev.switchboard.bus.HubBatch;
import java.util.function.BooleanSupplier;

/**
 * Whether the link to Redis works: its subscription is live and its servers answer. Sessions are
 * told of a loss at once, and of its end when publishing works again too. Then every log is read.
 * Belongs to one event loop.
 */
final class RedisLink {
  private final BooleanSupplier live;
  private final BooleanSupplier serving;
  private final LogFollowers logFollowers;
  private final HubQueues posts;
  private boolean up;

  RedisLink(
      BooleanSupplier live, BooleanSupplier serving, LogFollowers logFollowers, HubQueues posts) {
    this.live = live;
    this.serving = serving;
    this.logFollowers = logFollowers;
    this.posts = posts;
  }

  /** The subscription is gone: messages are being missed. */
  void lost() {
    logFollowers.linkDown();
    look();
  }

  /** Something may have changed. */
  void look() {
    boolean now = live.getAsBoolean() && serving.getAsBoolean();
    if (now == up) {
      return;
    }
    up = now;
    posts.linkChanged(new HubBatch.LinkChanged(up));
    if (up) {
      logFollowers.readAgain();
    }
  }
}
