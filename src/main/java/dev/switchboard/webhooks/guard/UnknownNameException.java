package dev.switchboard.webhooks.guard;

/** The name of a URL's host can't be resolved at the moment. */
public final class UnknownNameException extends RuntimeException {
  UnknownNameException() {
    super("the host's name does not resolve");
  }
}
