/**
 * Takes an accepted connection to a live session: decides who may open one, subscribes it to its
 * logs, sends {@code connected}, and starts the delivery of its backlog.
 */
@NullMarked
@CheckReturnValue
package dev.switchboard.sessions.signin;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
