package dev.switchboard.webhooks.admin;

import dev.switchboard.webhooks.registry.BreakerState;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The attempts at one webhook in numbers.
 *
 * @param hours the hours before now that are counted
 * @param givenUp deliveries that ended without success
 * @param durations of calls that were answered
 * @param pending deliveries that have not ended
 * @param nextDue when the next of them is due; null if there is none
 * @param breaker the webhook's circuit breakers
 * @param byHour oldest first; hours without an attempt are left out
 * @param byError attempts by class of error, most frequent first
 */
public record WebhookStats(
    long webhook,
    int hours,
    Count total,
    long givenUp,
    Durations durations,
    long pending,
    @Nullable Instant nextDue,
    BreakerState breaker,
    List<Hour> byHour,
    Map<String, Long> byError) {
  public WebhookStats {
    byHour = List.copyOf(byHour);
    byError = Collections.unmodifiableMap(new LinkedHashMap<>(byError));
  }

  /** Attempts, and those that a 2xx answered. */
  public record Count(long attempts, long successful) {
    /** Successful attempts in per cent, with two decimals; null without attempts. */
    public @Nullable Double successRate() {
      return attempts == 0 ? null : Math.round(10_000.0 * successful / attempts) / 100.0;
    }
  }

  /** Percentiles in milliseconds; null if no call was answered. */
  public record Durations(
      @Nullable Integer p50, @Nullable Integer p90, @Nullable Integer p95, @Nullable Integer p99) {
    static final Durations NONE = new Durations(null, null, null, null);
  }

  /** The attempts of one hour. */
  public record Hour(Instant begin, Count count) {}
}
