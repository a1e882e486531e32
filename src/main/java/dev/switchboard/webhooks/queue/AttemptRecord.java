package dev.switchboard.webhooks.queue;

import dev.switchboard.bus.ClaimedDelivery;
import dev.switchboard.webhooks.call.Attempt;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * An attempt to record.
 *
 * @param failures attempts that used up a retry, this one included
 * @param retryAfter null if it was the last
 */
public record AttemptRecord(
    ClaimedDelivery delivery, Attempt attempt, int failures, @Nullable Duration retryAfter) {}
