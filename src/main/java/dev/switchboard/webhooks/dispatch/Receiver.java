package dev.switchboard.webhooks.dispatch;

import dev.switchboard.event.TenantId;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * How long the calls of one webhook hold a worker: the moving average of those that ended, and the
 * age of those in flight.
 *
 * <p>Times are nanoseconds of {@link System#nanoTime}. Belongs to one event loop.
 */
final class Receiver {
  /** Calls that hold a worker for longer are slow. */
  static final long QUICK_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** A call in flight is overdue after this many times the average, but not earlier than this. */
  private static final int OVERDUE_FACTOR = 10;

  private static final long MIN_OVERDUE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
  private static final double WEIGHT_OF_LAST = 0.2;

  private final long webhook;
  private final TenantId tenant;
  private final Map<Long, Long> startedAt = new LinkedHashMap<>();
  private @Nullable Double meanNanos;
  private Standing counted = Standing.UNPROVEN;
  private long lastUsed;

  /** What is known of a receiver. */
  enum Standing {
    /** No call has ended, and none is overdue. */
    UNPROVEN,
    /** Its calls end quickly. */
    QUICK,
    /** Its calls hold workers for long, or one in flight does. */
    SLOW
  }

  Receiver(long webhook, TenantId tenant) {
    this.webhook = webhook;
    this.tenant = tenant;
  }

  long webhook() {
    return webhook;
  }

  TenantId tenant() {
    return tenant;
  }

  /** Calls in flight. */
  int calls() {
    return startedAt.size();
  }

  void started(long delivery, long now) {
    startedAt.put(delivery, now);
    lastUsed = now;
  }

  /** Counts a call that ended; returns how long it held a worker. */
  long ended(long delivery, long now) {
    Long began = startedAt.remove(delivery);
    lastUsed = now;
    if (began == null) {
      return 0;
    }
    double held = now - began;
    meanNanos = meanNanos == null ? held : meanNanos * (1 - WEIGHT_OF_LAST) + held * WEIGHT_OF_LAST;
    return now - began;
  }

  void notCalled(long delivery) {
    startedAt.remove(delivery);
  }

  boolean hasEndedCall() {
    return meanNanos != null;
  }

  Standing standing(long now) {
    long oldest = oldestNanos(now);
    if (meanNanos == null) {
      return oldest > QUICK_NANOS ? Standing.SLOW : Standing.UNPROVEN;
    }
    return meanNanos > QUICK_NANOS || oldest > overdueNanos() ? Standing.SLOW : Standing.QUICK;
  }

  private long overdueNanos() {
    long usual = meanNanos == null ? QUICK_NANOS : (long) (meanNanos * OVERDUE_FACTOR);
    return Math.max(MIN_OVERDUE_NANOS, Math.min(QUICK_NANOS, usual));
  }

  /** When the oldest call in flight becomes overdue; null if none is in flight. */
  @Nullable Long overdueAt() {
    return startedAt.isEmpty()
        ? null
        : startedAt.values().iterator().next() + (meanNanos == null ? QUICK_NANOS : overdueNanos());
  }

  /** How long a call probably holds a worker, judging by those that ended and those in flight. */
  double heldNanos(long now) {
    return Math.max(meanNanos == null ? 0 : meanNanos, (double) oldestNanos(now));
  }

  private long oldestNanos(long now) {
    return startedAt.isEmpty() ? 0 : now - startedAt.values().iterator().next();
  }

  /** The standing under which its calls are counted at present. */
  Standing counted() {
    return counted;
  }

  void countAs(Standing standing) {
    counted = standing;
  }

  /** Whether it was not called for {@code nanos}. */
  boolean isUnusedFor(long nanos, long now) {
    return startedAt.isEmpty() && now - lastUsed > nanos;
  }
}
