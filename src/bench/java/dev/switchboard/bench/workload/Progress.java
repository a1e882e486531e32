package dev.switchboard.bench.workload;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Waits for a counter to reach its goal, and gives up when it stops increasing. */
final class Progress {
  private static final Duration STANDSTILL = Duration.ofSeconds(5);

  private Progress() {}

  static void await(LongSupplier counter, long goal) throws InterruptedException {
    long last = -1;
    long movedAt = System.nanoTime();
    for (long now = counter.getAsLong(); now < goal; now = counter.getAsLong()) {
      if (now != last) {
        last = now;
        movedAt = System.nanoTime();
      } else if (System.nanoTime() - movedAt > STANDSTILL.toNanos()) {
        System.out.printf("  timed out: %,d of %,d received%n", now, goal);
        return;
      }
      TimeUnit.MILLISECONDS.sleep(10);
    }
  }
}
