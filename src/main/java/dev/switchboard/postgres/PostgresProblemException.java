package dev.switchboard.postgres;

import dev.switchboard.config.OperatorException;
import org.jspecify.annotations.Nullable;

/**
 * Postgres can't be reached, used or migrated; the message says in one line why, and how to fix it.
 */
public final class PostgresProblemException extends OperatorException {
  PostgresProblemException(String message) {
    this(message, null);
  }

  PostgresProblemException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
