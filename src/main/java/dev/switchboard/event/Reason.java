package dev.switchboard.event;

/** The text that says why something failed, for the key {@code reason} of a log line or a reply. */
public final class Reason {
  private Reason() {}

  /** Returns the message of {@code failure}, or the name of its type if it has none. */
  public static String of(Throwable failure) {
    String message = failure.getMessage();
    return message == null ? failure.getClass().getSimpleName() : message;
  }
}
