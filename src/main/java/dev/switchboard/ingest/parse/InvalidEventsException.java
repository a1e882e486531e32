package dev.switchboard.ingest.parse;

import java.util.List;

/** The body is no acceptable event or list of events; nothing of it was published. */
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
        "more than " + maxBatch + " events in one call; split the array", List.of(), true);
  }

  /** The single faults with their places. */
  public List<FieldError> errors() {
    return errors;
  }

  /** Whether a size was the fault. */
  public boolean tooLarge() {
    return tooLarge;
  }
}
