/**
 * Shows the events and the attempts at webhooks of one tenant as they happen, with bounds on their
 * rate. A trace is not a session: it makes no user online, and what it misses is not sent later.
 */
@NullMarked
@CheckReturnValue
package dev.switchboard.sessions.trace;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
