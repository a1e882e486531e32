package dev.switchboard.cli;

import dev.switchboard.config.OperatorException;

/** A sub-command can't do what was requested; the message says why in one line. */
public final class CommandException extends OperatorException {
  CommandException(String message) {
    super(message);
  }
}
