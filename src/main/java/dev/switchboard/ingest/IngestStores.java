package dev.switchboard.ingest;

import dev.switchboard.bus.Outbox;
import dev.switchboard.inbox.InboxStore;
import dev.switchboard.redis.EventLog;
import dev.switchboard.redis.Keys;
import dev.switchboard.redis.RedisCommands;
import dev.switchboard.redis.nodes.TenantChannels;

/**
 * The stores that an accepted event is written to, all used on one event loop.
 *
 * @param tenantChannels on which further channels events are published
 */
public record IngestStores(
    RedisCommands redis,
    Keys keys,
    TenantChannels tenantChannels,
    EventLog eventLog,
    InboxStore inbox,
    Outbox outbox) {}
