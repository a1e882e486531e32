package dev.switchboard.config;

import org.jspecify.annotations.Nullable;

/**
 * A failure that a person can fix; the message says in one line, or a list of lines, what is wrong
 * and how to fix it. The command line prints it without a stack trace.
 */
public abstract class OperatorException extends RuntimeException {
  protected OperatorException(String message) {
    super(message);
  }

  protected OperatorException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
