package dev.switchboard.cli.client;

import dev.switchboard.config.OperatorException;

/** A command can't start with its options; the message says in one line how to fix them. */
public final class ClientException extends OperatorException {
  ClientException(String message) {
    super(message);
  }
}
