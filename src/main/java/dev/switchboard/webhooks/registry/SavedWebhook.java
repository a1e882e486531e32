package dev.switchboard.webhooks.registry;

import dev.switchboard.event.TenantId;
import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;

/**
 * A webhook as it is stored.
 *
 * @param version counts its changes
 * @param shown for whoever may administer it; no secret
 * @param storedHeaders as they are stored, perhaps encrypted
 * @param callable null if the row is malformed
 */
public record SavedWebhook(
    long id,
    TenantId tenant,
    long version,
    JsonObject shown,
    JsonObject storedHeaders,
    @Nullable Webhook callable) {}
