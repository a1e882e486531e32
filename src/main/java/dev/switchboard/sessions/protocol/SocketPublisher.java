package dev.switchboard.sessions.protocol;

import dev.switchboard.auth.Principal;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/** Takes the events that clients bring over their sockets. */
public interface SocketPublisher {
  /**
   * Publishes the event that a whole message is, in the name of whoever sent it; fails with {@link
   * RefusedException}.
   */
  Future<Receipt> publish(Principal.Participant sender, String message);

  /**
   * What became of it.
   *
   * @param id its place in the log; null for a live-only event
   */
  record Receipt(@Nullable String id, String eventId) {}

  /** The event was not taken; code and words are for the client. */
  final class RefusedException extends RuntimeException {
    private final String code;

    /** Takes the code of an {@code error} message and words that say how to mend it. */
    public RefusedException(String code, String words) {
      super(words, null, false, false);
      this.code = code;
    }

    /** Code of the {@code error} message. */
    public String code() {
      return code;
    }

    /** Words for the client. */
    public String words() {
      return String.valueOf(getMessage());
    }
  }
}
