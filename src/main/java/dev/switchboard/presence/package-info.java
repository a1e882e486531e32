/**
 * Presence: which users of a tenant are online, over all nodes. Keeps each tenant's presence data
 * in Redis, sends the heartbeats of this node's sessions and runs the reaper; knows neither sockets
 * nor HTTP.
 *
 * <pre>
 *              first session                    last session closed
 *   offline ──────────────────► online ───────────────────────────────► leaving
 *      ▲     publishes "online"   │  ▲              a session opens         │
 *      │                          │  └─────────────────────────────────────┤
 *      └──────────────────────────┴────────────────────────────────────────┘
 *         last lease ended (node_lost, timeout)       grace period ended (closed, timeout, kicked)
 *                                publishes "offline"
 * </pre>
 *
 * <p>Nothing is counted: a user is online while a lease lasts. Every transition is made by one
 * script that also changes the set of users online and appends the change to the unsent ones. The
 * node that made the transition publishes it; if that node dies, another one does: exactly once, by
 * the event id, and in order for each user. A node claims sessions under the name of an
 * incarnation: when it stalled beyond its lease and was declared dead, its old claims are refused
 * and it continues as a new incarnation.
 *
 * <p>A lease that ends proves nothing while Redis refuses writes, or while a node is only paused
 * for a moment. {@link dev.switchboard.presence.LeaseTimes} and {@link
 * dev.switchboard.presence.ReaperGuard} decide when it does.
 */
@NullMarked
@CheckReturnValue
package dev.switchboard.presence;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
