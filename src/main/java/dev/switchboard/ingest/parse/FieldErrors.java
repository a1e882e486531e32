package dev.switchboard.ingest.parse;

import java.util.ArrayList;
import java.util.List;

/**
 * The faults of one body, each with its place. Kept in part: a flood of them would cost more than
 * the body that holds it.
 */
final class FieldErrors {
  private static final int MAX = 100;

  private final List<FieldError> errors = new ArrayList<>();
  private boolean tooLarge;

  void add(String pointer, String message) {
    if (errors.size() < MAX) {
      errors.add(new FieldError(pointer, message));
    }
  }

  /** One of the faults is a size. */
  void tooLarge() {
    tooLarge = true;
  }

  void throwIfAny(String words) {
    if (!errors.isEmpty()) {
      throw new InvalidEventsException(words, errors, tooLarge);
    }
  }

  /** Pointer to a member of what stands at a pointer (RFC 6901). */
  static String below(String pointer, String member) {
    return pointer + "/" + member.replace("~", "~0").replace("/", "~1");
  }
}
