package dev.switchboard.webhooks.filter;

/**
 * Limits the work of the filters that one event runs through: a step is one comparison, more for
 * long values. Belongs to one event.
 */
public final class FilterBudget {
  static final int MAX_STEPS_PER_FILTER = 50_000;
  static final int MAX_STEPS_PER_EVENT = 200_000;

  private int leftForEvent = MAX_STEPS_PER_EVENT;
  private int leftForFilter;

  /** The filter needs more steps than are left, so it is not known what it selects. */
  static final class ExceededException extends RuntimeException {
    ExceededException() {
      super("the filter takes too many steps for this payload", null, false, false);
    }
  }

  /** Gives the next filter its share. */
  void startFilter() {
    leftForFilter = Math.min(leftForEvent, MAX_STEPS_PER_FILTER);
  }

  /**
   * Takes {@code steps} before they are done.
   *
   * @throws ExceededException if fewer are left
   */
  void take(int steps) {
    if (steps > leftForFilter) {
      leftForEvent -= leftForFilter;
      leftForFilter = 0;
      throw new ExceededException();
    }
    leftForFilter -= steps;
    leftForEvent -= steps;
  }
}
