/**
 * The life of sessions after sign-in: the delivery of their backlog, heartbeats, the expiry of
 * tokens, control commands, and the drain of a node.
 */
@NullMarked
@CheckReturnValue
package dev.switchboard.sessions.lifecycle;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
