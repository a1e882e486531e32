package dev.switchboard.cli.client.simulation;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Random;

/**
 * What happens when. The order depends on the seed alone and not on how often the time is advanced.
 */
final class Timeline {
  private final PriorityQueue<Step> steps =
      new PriorityQueue<>(Comparator.comparing(Step::at).thenComparing(Step::number));
  private final Random random;
  private Instant now;
  private long scheduled;

  Timeline(long seed, Instant start) {
    this.random = new Random(seed);
    this.now = start;
  }

  private record Step(Instant at, long number, Runnable action) {}

  /** The moment of the present step. */
  Instant now() {
    return now;
  }

  Random random() {
    return random;
  }

  void after(Duration delay, Runnable action) {
    steps.add(new Step(now.plus(delay), scheduled++, action));
  }

  /** Does everything that is due until {@code end}. */
  void advance(Instant end) {
    for (Step next = steps.peek(); next != null && !next.at().isAfter(end); next = steps.peek()) {
      steps.remove(next);
      now = next.at();
      next.action().run();
    }
    now = end.isAfter(now) ? end : now;
  }

  /** A time between two, all equally likely. */
  Duration between(double fewestSeconds, double mostSeconds) {
    return seconds(fewestSeconds + random.nextDouble() * (mostSeconds - fewestSeconds));
  }

  /** A time whose average is given, as between independent occurrences. */
  Duration exponential(double averageSeconds) {
    return seconds(-Math.log(1 - random.nextDouble()) * averageSeconds);
  }

  private static Duration seconds(double seconds) {
    return Duration.ofMillis(Math.round(seconds * 1_000));
  }
}
