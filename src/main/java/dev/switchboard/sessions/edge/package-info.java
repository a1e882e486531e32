/** Where WebSockets and event streams begin, and how their transports report to the hub. */
@NullMarked
@CheckReturnValue
package dev.switchboard.sessions.edge;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
