/**
 * What the sessions of one hub are subscribed to: logs, the presence of users, and webhook
 * attempts. Owns catching up with a log and the fan-out of what the bridge brings.
 */
@NullMarked
@CheckReturnValue
package dev.switchboard.sessions.subscriptions;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
