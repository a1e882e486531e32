package dev.switchboard.soak;

/**
 * What is measured of a node and its stores after each period of use.
 *
 * <p>{@code rise} is how much a value may rise over all points; {@code above} how far the last one
 * may be above the first.
 */
enum Measure {
  HEAP("live bytes on the heap", 1_500_000, 6_000_000),
  DIRECT("bytes of direct memory", 4 << 20, 16 << 20),
  RESIDENT("resident memory, bytes", 48 << 20, 128 << 20),
  DESCRIPTORS("open file descriptors", 4, 8),
  THREADS("live threads", 2, 6),
  TIMERS("timers", 10, 20),
  SESSIONS("sessions", 0, 0),
  REDIS_KEYS("keys in Redis that live for more than an hour", 2, 4),
  REDIS_BYTES("their bytes, without remembered event ids", 20_000, 60_000),
  ROWS("rows in Postgres, without logged attempts and accepted events", 0, 0),
  ATTEMPTS("rows of logged attempts beyond the calls made", 0, 0),
  ACCEPTED("rows of accepted events beyond those with a webhook", 0, 0);

  private final String label;
  private final double rise;
  private final double above;

  Measure(String label, double rise, double above) {
    this.label = label;
    this.rise = rise;
    this.above = above;
  }

  /** Says what is wrong with its course; empty if nothing is. */
  String fault(Trend trend) {
    if (trend.rises(rise)) {
      return "%s: rises by %,.0f over the run, allowed are %,.0f"
          .formatted(label, trend.rise(), rise);
    }
    if (trend.staysAbove(above)) {
      return "%s: is %,.0f higher at the end, allowed are %,.0f"
          .formatted(label, trend.difference(), above);
    }
    return "";
  }

  @Override
  public String toString() {
    return label;
  }
}
