/**
 * Connections to Redis servers: one server, a master behind sentinels, or a cluster; with timeouts,
 * reconnects and redirections. Knows nothing of what is stored.
 *
 * <pre>
 *   RedisClients ─┬─► SingleServerCommands ─► CommandPool ─► CommandConnection ──┐
 *                 ├─► ClusterCommands ──────► CommandPool, one for each master ──┤
 *                 ├─► SubscriberConnection ──────────────────────────────────────┤
 *                 │                                                              ▼
 *                 │  which server? ServerLocator: fixed, Sentinels, AnyClusterNode ─► Dialer
 *                 └─► RedisWatch: do all servers answer, is it still the right one?
 * </pre>
 */
@NullMarked
@CheckReturnValue
package dev.switchboard.redis.connection;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
