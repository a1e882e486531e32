/** The messages that clients send over a WebSocket: one handler for each type, and the replies. */
@NullMarked
@CheckReturnValue
package dev.switchboard.sessions.protocol;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
