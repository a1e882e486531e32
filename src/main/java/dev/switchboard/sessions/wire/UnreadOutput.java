package dev.switchboard.sessions.wire;

/**
 * Bounds what closed sockets may keep in memory for clients that do not read, so that a close frame
 * behind it reaches those that read on. Belongs to one event loop.
 */
public final class UnreadOutput {
  private static final long MAX_BYTES = 64L << 20;

  private long bytes;

  /** Returns whether one more socket may keep {@code more} bytes, and counts them if so. */
  boolean keep(long more) {
    if (bytes + more > MAX_BYTES) {
      return false;
    }
    bytes += more;
    return true;
  }

  /** Takes back what {@link #keep} counted, once it was sent or dropped. */
  void release(long kept) {
    bytes -= kept;
  }
}
