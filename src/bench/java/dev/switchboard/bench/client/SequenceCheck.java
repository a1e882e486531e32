package dev.switchboard.bench.client;

import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Judges the order in which one session got the numbers 0, 1, 2 … of its tenant. */
final class SequenceCheck {

  /** What one number says about the stream. */
  enum Verdict {
    IN_ORDER,
    REORDERED,
    REPEATED
  }

  private long next;
  private @Nullable Set<Long> missing;

  Verdict accept(long number) {
    if (number < next) {
      return missing != null && missing.remove(number) ? Verdict.REORDERED : Verdict.REPEATED;
    }
    for (long skipped = next; skipped < number; skipped++) {
      noteMissing(skipped);
    }
    next = number + 1;
    return Verdict.IN_ORDER;
  }

  /** How many of the numbers {@code [0, published)} never came. */
  long lost(long published) {
    return published - next + (missing == null ? 0 : missing.size());
  }

  private void noteMissing(long number) {
    if (missing == null) {
      missing = new HashSet<>();
    }
    missing.add(number);
  }
}
