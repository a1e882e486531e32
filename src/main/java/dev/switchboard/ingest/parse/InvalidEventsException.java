package dev.switchboard.ingest.parse;

import java.util.List;

/** The body is not a valid event or list of events; nothing of it was published. */
public final class InvalidEventsException extends RuntimeException {
  private final List<FieldError> errors;
  private final boolean tooLarge;

  InvalidEventsException(String message, List<FieldError> errors, boolean tooLarge) {
    super(message);
    this.errors = List.copyOf(errors);
    this.tooLarge = tooLarge;
  }

  static InvalidEventsException malformed(String message) {
    return new InvalidEventsException(message, List.of(), false);
  }

  static InvalidEventsException tooMany(int maxBatch) {
    return new InvalidEventsException(
        "more than " + maxBatch + " events in one request; split the array", List.of(), true);
  }

  /** The invalid fields; empty if the body as a whole is invalid. */
  public List<FieldError> errors() {
    return errors;
  }

  /** Whether a size limit is exceeded. */
  public boolean isTooLarge() {
    return tooLarge;
  }
}
