package dev.switchboard.bus;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Bytes of events that the bridge has sent to one hub and the hub has not handled yet. The only
 * state that both of their event loops change.
 */
public final class QueuedBytes {
  private final AtomicLong bytes = new AtomicLong();

  /** Bytes sent and not handled yet. */
  public long bytes() {
    return bytes.get();
  }

  /** Adds a batch that the bridge sends. */
  public void sent(long size) {
    bytes.addAndGet(size);
  }

  /** Subtracts a batch that the hub has handled. */
  public void handled(long size) {
    bytes.addAndGet(-size);
  }
}
