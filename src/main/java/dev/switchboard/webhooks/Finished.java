package dev.switchboard.webhooks;

import dev.switchboard.bus.ClaimedDelivery;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * An attempt to record.
 *
 * @param failures attempts that used up a retry, with this one
 * @param retryAfter null if it was the last
 */
record Finished(
    ClaimedDelivery delivery, Attempt attempt, int failures, @Nullable Duration retryAfter) {}
