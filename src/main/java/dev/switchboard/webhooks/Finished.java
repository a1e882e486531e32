package dev.switchboard.webhooks;

import dev.switchboard.bus.OwedDelivery;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * An attempt to record.
 *
 * @param failures attempts that used up a retry, with this one
 * @param retryAfter null if it was the last
 */
record Finished(
    OwedDelivery delivery, Attempt attempt, int failures, @Nullable Duration retryAfter) {}
