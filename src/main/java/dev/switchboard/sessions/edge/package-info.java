/** Accepts WebSockets and event streams, and passes what happens at them to the hub. */
@NullMarked
@CheckReturnValue
package dev.switchboard.sessions.edge;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
