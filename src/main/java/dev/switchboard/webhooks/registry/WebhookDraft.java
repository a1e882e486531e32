package dev.switchboard.webhooks.registry;

import dev.switchboard.config.Secret;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A webhook as a caller of the API wants it, checked but for its URL.
 *
 * @param secret null: keep the one there is; empty: none
 * @param headers values; null in place of one that is to be kept
 */
public record WebhookDraft(
    String name,
    String url,
    JsonArray events,
    @Nullable Secret secret,
    boolean active,
    int retryCount,
    int timeout,
    @Nullable JsonArray schedule,
    int jitterPercent,
    boolean retryClientErrors,
    Map<String, @Nullable String> headers,
    @Nullable JsonObject filter,
    boolean ed25519,
    String ordering,
    String orderBy,
    @Nullable Integer rateLimit,
    boolean autoDisable) {}
