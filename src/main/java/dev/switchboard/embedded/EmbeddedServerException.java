package dev.switchboard.embedded;

import org.jspecify.annotations.Nullable;

/** An embedded server can't be started; the message is one line and says how to mend it. */
public final class EmbeddedServerException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  EmbeddedServerException(String message) {
    this(message, null);
  }

  EmbeddedServerException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
