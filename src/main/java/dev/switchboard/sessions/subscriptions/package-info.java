/**
 * The subscriptions of one hub's sessions to logs, to the presence of users, and to webhook
 * attempts; catching up with a log, and the fan-out of what the bridge sends.
 */
@NullMarked
@CheckReturnValue
package dev.switchboard.sessions.subscriptions;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
