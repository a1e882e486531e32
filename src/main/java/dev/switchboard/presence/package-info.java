/**
 * Who is online, over all nodes. Owns the truth of each tenant in Redis, its heartbeats and its
 * reaper; knows neither sockets nor HTTP.
 *
 * <pre>
 *              first session                    last session closed
 *   offline ──────────────────► online ───────────────────────────────► leaving
 *      ▲       tells "online"     │  ▲              a session comes back    │
 *      │                          │  └─────────────────────────────────────┤
 *      └──────────────────────────┴────────────────────────────────────────┘
 *         last lease ended (node_lost, timeout)          grace ended (closed, timeout, kicked)
 *                                  tells "offline"
 * </pre>
 *
 * <p>Nothing is counted: a user is online while a lease lives. Every move is made by one script
 * that also moves the users' own set and appends the change to what is to be told. Whoever made the
 * move tells it; if that node dies, any other does: exactly once, by the event id, and in order for
 * each user. A node's name in the truth is an incarnation: when it slept beyond its lease and was
 * declared dead, its old claims are refused and it begins anew.
 */
@NullMarked
@CheckReturnValue
package dev.switchboard.presence;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
