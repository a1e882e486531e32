package dev.switchboard.bus;

import io.vertx.core.Future;

/** Publishes accepted events whose acceptance was cut off. */
public interface Republisher {
  /**
   * Publishes the event unless it was published before.
   *
   * @return whether it had been published before
   */
  Future<Boolean> republish(Republication republication);
}
