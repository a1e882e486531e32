package dev.switchboard.event;

/** A name breaks its rule; the message says which rule, in words fit for the client. */
public final class InvalidNameException extends IllegalArgumentException {
  /** Takes words fit for the client. */
  public InvalidNameException(String message) {
    super(message);
  }
}
