package dev.switchboard.bus;

import io.vertx.core.Future;

/** Publishes accepted events whose acceptance was cut off. */
public interface Republisher {
  /** Publishes the event unless it was published before, or superseded. */
  Future<Republished> republish(Republication republication);
}
