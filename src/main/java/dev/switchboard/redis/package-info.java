/**
 * Everything that speaks to Redis: connections that time out and rebuild themselves, every key and
 * channel name, Lua scripts, and the event log that they implement. The only package that knows the
 * Redis client.
 *
 * <p>The client library opens single connections and no more; what a mode means is ours. One server
 * and a master behind sentinels are the same but for how the server is found; a cluster adds a map
 * of slots.
 *
 * <pre>
 *   RedisClients ─┬─► SingleServerCommands ─► CommandLanes ─► CommandConnection ─┐
 *                 ├─► ClusterCommands ──────► CommandLanes, one for each master ─┤
 *                 ├─► SubscriberConnection ──────────────────────────────────────┤
 *                 │                                                              ▼
 *                 │     which server? ServerLocator: fixed, Sentinels, AnyServer ─► Dialer
 *                 └─► RedisWatch: do all answer, is it still the right one?
 * </pre>
 */
@NullMarked
@CheckReturnValue
package dev.switchboard.redis;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
