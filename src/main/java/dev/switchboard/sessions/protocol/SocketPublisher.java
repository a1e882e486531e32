package dev.switchboard.sessions.protocol;

import dev.switchboard.auth.Principal;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/** Publishes events from sockets; implemented by the node, as sessions do not know ingest. */
public interface SocketPublisher {
  /**
   * Publishes the event that {@code message} is, in the name of {@code sender}; fails with {@link
   * RefusedException}.
   */
  Future<Receipt> publish(Principal.Participant sender, String message);

  /**
   * An accepted event.
   *
   * @param id its position in the log; null for a live-only event
   */
  record Receipt(@Nullable String id, String eventId) {}

  /** The event was not accepted; the message tells the client how to fix it. */
  final class RefusedException extends RuntimeException {
    private final String code;

    /** {@code code} is that of an {@code error} message. */
    public RefusedException(String code, String message) {
      super(message, null, false, false);
      this.code = code;
    }

    /** Code of the {@code error} message. */
    public String code() {
      return code;
    }
  }
}
