/**
 * Shows the events and the attempts at webhooks of one tenant as they happen, with bounds on their
 * rate. A trace is no session: nobody comes online by it, and it gets nothing that it misses.
 */
@NullMarked
@CheckReturnValue
package dev.switchboard.sessions.trace;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
