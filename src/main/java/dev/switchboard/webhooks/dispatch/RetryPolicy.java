package dev.switchboard.webhooks.dispatch;

import dev.switchboard.webhooks.call.Attempt;
import dev.switchboard.webhooks.call.Attempt.Result;
import dev.switchboard.webhooks.registry.Webhook;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides when a failed delivery is tried again: at the earliest 2 s, 4 s, 8 s … after the last
 * attempt ended, doubling up to one hour, {@code retry_count} times; or by the webhook's own
 * schedule.
 */
final class RetryPolicy {
  static final Duration MIN_DELAY = Duration.ofSeconds(2);
  static final Duration MAX_DELAY = Duration.ofHours(1);

  /** Client errors after which a later attempt may succeed. */
  private static final Set<Integer> TEMPORARY = Set.of(408, 425, 429);

  private RetryPolicy() {}

  /**
   * Whether a delivery may be tried again.
   *
   * @param failures attempts that failed, including the last
   */
  static boolean allowsAfter(int failures, int retryCount) {
    return failures <= retryCount;
  }

  /** The minimum wait after the failed attempt with the number {@code failures}, from 1. */
  static Duration delayAfter(int failures) {
    int doublings = Math.min(failures - 1, 20);
    Duration delay = MIN_DELAY.multipliedBy(1L << doublings);
    return delay.compareTo(MAX_DELAY) < 0 ? delay : MAX_DELAY;
  }

  /**
   * The minimum wait before the next attempt; null if there is none.
   *
   * @param failures attempts that used up a retry, this one included
   * @param random from 0 up to, but not including, 1
   */
  static @Nullable Duration next(Webhook webhook, Attempt attempt, int failures, double random) {
    List<Duration> schedule = webhook.options().schedule();
    int retries = schedule.isEmpty() ? webhook.retryCount() : schedule.size();
    if (!mayWorkLater(webhook, attempt) || !allowsAfter(failures, retries)) {
      return null;
    }
    Duration delay = schedule.isEmpty() ? delayAfter(failures) : schedule.get(failures - 1);
    Duration jittered =
        delay.plusMillis(
            (long) (delay.toMillis() * random * webhook.options().jitterPercent() / 100));
    Duration requested = attempt.head().retryAfter();
    return webhook.options().retryClientErrors()
            && requested != null
            && requested.compareTo(jittered) > 0
        ? requested
        : jittered;
  }

  private static boolean mayWorkLater(Webhook webhook, Attempt attempt) {
    return attempt.result() == Result.RETRY
        || (webhook.options().retryClientErrors()
            && attempt.responseCode() != null
            && TEMPORARY.contains(attempt.responseCode()));
  }
}
