package dev.switchboard.sessions.session;

import dev.switchboard.event.CloseReason;

/** The connection of one session. Called on the connection's event loop only. */
public interface Transport {
  /** Queues a message; it goes out with the next {@link #flush}. */
  void write(SharedMessage message);

  /** Sends what was queued. */
  void flush();

  /** Whether the client keeps up for now; if not, the session is resumed when it does again. */
  boolean isWritable();

  /** Bytes that the client has not read yet. */
  long queuedBytes();

  /** Messages that the client has not read yet. */
  int queuedMessages();

  /** Sends a ping whose pong will carry {@code number}. */
  void ping(long number);

  /** Whether the client can answer. */
  default boolean isSocket() {
    return true;
  }

  /**
   * Sends the position in a way of the transport's own.
   *
   * @return false if it has none and a message must carry the position
   */
  default boolean markPosition(String position) {
    return false;
  }

  /** Closes the connection; {@code message} tells the client why. */
  void close(CloseReason reason, String message);
}
