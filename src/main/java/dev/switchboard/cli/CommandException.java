package dev.switchboard.cli;

/** A sub-command can't do what was asked; the message says why in one line. */
public final class CommandException extends RuntimeException {
  CommandException(String message) {
    super(message);
  }
}
