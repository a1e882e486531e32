/**
 * Stores messages for users who are offline: one list and one index per user in Redis. Knows
 * neither sockets nor how events are accepted.
 *
 * <pre>
 *   stored ──sent to a session──► sent ──that session proves receipt──► removed
 *      ▲                            │
 *      └──── the session ended ─────┘      too old, or beyond the limits: dropped and counted
 * </pre>
 *
 * <p>Only the session knows that a message was sent: here it stays stored until it is removed, so a
 * crash repeats it and never loses it. At least once, in order: the order of an inbox is the order
 * in which its messages were stored, and a message is stored before its event is published. Other
 * programs may push onto the list; only {@link dev.switchboard.inbox.InboxStore} changes what is
 * there.
 */
@NullMarked
@CheckReturnValue
package dev.switchboard.inbox;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
