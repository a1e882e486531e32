package dev.switchboard.bus;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How much mail is on its way to one hub: the bridge adds what it sends, the hub takes away what it
 * has handled. The one thing both touch.
 */
public final class QueuedBytes {
  private final AtomicLong bytes = new AtomicLong();

  /** Sent and not handled yet. */
  public long bytes() {
    return bytes.get();
  }

  /** Mail of that size was sent. */
  public void sent(long size) {
    long unused = bytes.addAndGet(size);
  }

  /** Mail of that size was handled. */
  public void handled(long size) {
    long unused = bytes.addAndGet(-size);
  }
}
