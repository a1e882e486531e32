package dev.switchboard.bridge;

import dev.switchboard.redis.EventLog;
import dev.switchboard.redis.Keys;
import dev.switchboard.redis.RedisCommands;
import dev.switchboard.redis.connection.RedisClients;
import java.util.function.Function;

/**
 * How the bridge reaches Redis.
 *
 * @param clients opens its connections
 * @param eventLogs makes the event log that is read by given commands
 */
public record RedisAccess(
    RedisClients clients, Keys keys, Function<RedisCommands, EventLog> eventLogs) {}
