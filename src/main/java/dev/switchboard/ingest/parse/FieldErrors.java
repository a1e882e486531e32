package dev.switchboard.ingest.parse;

import java.util.ArrayList;
import java.util.List;

/**
 * Collects the invalid fields of one body, up to a maximum: reporting more would cost more than the
 * body itself.
 */
final class FieldErrors {
  private static final int MAX_ERRORS = 100;

  private final List<FieldError> errors = new ArrayList<>();
  private boolean tooLarge;

  void add(String pointer, String message) {
    if (errors.size() < MAX_ERRORS) {
      errors.add(new FieldError(pointer, message));
    }
  }

  /** Adds an error that is about a size. */
  void addTooLarge(String pointer, String message) {
    tooLarge = true;
    add(pointer, message);
  }

  /**
   * Throws if an error was added.
   *
   * @param message says that nothing was done and refers to the listed errors
   */
  void throwIfAny(String message) {
    if (!errors.isEmpty()) {
      throw new InvalidEventsException(message, errors, tooLarge);
    }
  }

  /** Returns the JSON pointer (RFC 6901) to a member of the object at {@code pointer}. */
  static String memberPointer(String pointer, String member) {
    return pointer + "/" + member.replace("~", "~0").replace("/", "~1");
  }
}
