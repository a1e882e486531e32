package dev.switchboard.ingest;

import dev.switchboard.bus.Outbox;
import dev.switchboard.inbox.InboxStore;
import dev.switchboard.redis.EventLog;
import dev.switchboard.redis.Keys;
import dev.switchboard.redis.RedisCommands;

/** The stores that an accepted event is written to, all used on one event loop. */
public record IngestStores(
    RedisCommands redis, Keys keys, EventLog eventLog, InboxStore inbox, Outbox outbox) {}
