package dev.switchboard;

/** A sub-command can't do what was asked; the message says why in one line. */
final class CommandException extends RuntimeException {
  CommandException(String message) {
    super(message);
  }
}
