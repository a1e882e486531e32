package dev.switchboard.sessions.session;

import dev.switchboard.event.CloseReason;

/** All a session knows of the connection beneath it. On the connection's event loop. */
public interface Transport {
  /** Queues a message; goes out with the next flush. */
  void write(SharedMessage message);

  /** Sends what was queued. */
  void flush();

  /** Whether the peer keeps up for now; if not, the session hears when it does again. */
  boolean isWritable();

  /** Bytes that wait for the peer. */
  long queuedBytes();

  /** Messages that wait for the peer. */
  int queuedMessages();

  /** Asks the peer for a sign of life that carries the number back. */
  void ping(long number);

  /** Whether the peer can answer. */
  default boolean isSocket() {
    return true;
  }

  /**
   * Tells the peer its position in a way of the transport's own.
   *
   * @return false if it has none; then a message must tell it
   */
  default boolean markPosition(String position) {
    return false;
  }

  /** Ends it, telling the peer why. */
  void close(CloseReason reason, String words);
}
