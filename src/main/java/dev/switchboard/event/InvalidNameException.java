package dev.switchboard.event;

/** A name breaks its rule; the message describes the rule and may be shown to clients. */
public final class InvalidNameException extends IllegalArgumentException {
  public InvalidNameException(String message) {
    super(message);
  }
}
