package dev.switchboard.node.warmup;

import java.util.concurrent.atomic.LongAdder;

/** What a load achieved; usable from every thread. */
public final class LoadCounts {
  private final LongAdder accepted = new LongAdder();
  private final LongAdder sockets = new LongAdder();

  void requestAccepted() {
    accepted.increment();
  }

  void socketServed() {
    sockets.increment();
  }

  /** Requests with events that were accepted. */
  public long accepted() {
    return accepted.sum();
  }

  /** Sockets that signed in, subscribed and received an event. */
  public long sockets() {
    return sockets.sum();
  }
}
