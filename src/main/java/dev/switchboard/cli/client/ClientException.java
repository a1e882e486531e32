package dev.switchboard.cli.client;

/** A command can't begin as it was given; the message says in one line how to mend it. */
public final class ClientException extends RuntimeException {
  ClientException(String message) {
    super(message);
  }
}
