/**
 * What waits for users who are away. Owns the list of each user in Redis and the index beside it;
 * knows neither sockets nor how events are accepted.
 *
 * <pre>
 *   stored ──given to a session──► given ──that session proves receipt──► removed
 *      ▲                             │
 *      └──── the session ended ──────┘      too old, or beyond the bounds: dropped, and counted
 * </pre>
 *
 * <p>"Given" is known to the session alone: here a message is stored until it is removed, so a
 * crash repeats it and never loses it. At least once, in order. Only {@link
 * dev.switchboard.inbox.InboxStore} writes to the list.
 */
@NullMarked
@CheckReturnValue
package dev.switchboard.inbox;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
