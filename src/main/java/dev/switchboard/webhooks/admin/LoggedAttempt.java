package dev.switchboard.webhooks.admin;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One attempt of the log.
 *
 * @param payload the body of the call, as JSON
 * @param error class and message; null after a 2xx
 * @param attempt number of the attempt, from 1
 */
public record LoggedAttempt(
    long id,
    long webhook,
    @Nullable String tenant,
    @Nullable Long delivery,
    @Nullable String eventId,
    String event,
    @Nullable Object payload,
    @Nullable Integer responseCode,
    @Nullable String responseBody,
    @Nullable String error,
    @Nullable Integer durationMillis,
    int attempt,
    @Nullable String outcome,
    Instant createdAt) {}
