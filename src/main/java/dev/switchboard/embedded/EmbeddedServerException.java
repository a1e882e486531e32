package dev.switchboard.embedded;

import dev.switchboard.config.OperatorException;
import org.jspecify.annotations.Nullable;

/** An embedded server can't be started; the message is one line and says how to fix it. */
public final class EmbeddedServerException extends OperatorException {
  private static final long serialVersionUID = 1L;

  EmbeddedServerException(String message) {
    this(message, null);
  }

  EmbeddedServerException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
