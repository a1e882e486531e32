/**
 * Connections to Redis servers: one server, a master behind sentinels, or a cluster; with timeouts,
 * reconnects and redirections. Does not know what is stored.
 *
 * <pre>
 *   RedisClients ─┬─► SingleServerCommands ─► CommandPool ─► CommandConnection ──┐
 *                 ├─► ClusterCommands ──────► CommandPool, one for each master ──┤
 *                 ├─► SubscriberConnection ──────────────────────────────────────┤
 *                 │                                                              ▼
 *                 │  which server? ServerLocator: fixed, Sentinels, AnyClusterNode ─► Dialer
 *                 └─► RedisWatch: do all servers answer, is it still the right one?
 * </pre>
 *
 * <p>The Vert.x client opens single connections and no more. Handling sentinels and clusters is our
 * own, instead of that of a complete client such as Lettuce, for three guarantees that callers need
 * and such clients do not give:
 *
 * <ul>
 *   <li>Commands for one key are carried out in the order of their calls, also across redirections
 *       and while a slot migrates. Presence and the event log depend on it.
 *   <li>A failure says whether the command certainly had no effect ({@link
 *       dev.switchboard.redis.RedisRefusedException}) or may have had one ({@link
 *       dev.switchboard.redis.RedisOutcomeUnknownException}). A publisher gets a definite answer
 *       only in the first case. So no command is retried behind the caller's back, unless the
 *       server refused it.
 *   <li>The path of a command belongs to one event loop, with its own connections, so that calls
 *       and answers neither cross threads nor share locks.
 * </ul>
 */
@NullMarked
@CheckReturnValue
package dev.switchboard.redis.connection;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
