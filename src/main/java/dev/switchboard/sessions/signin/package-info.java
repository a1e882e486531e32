/**
 * From an accepted connection to a live session: who may open one, with which rights, and in which
 * order its logs, its {@code connected} message and its backlog follow.
 */
@NullMarked
@CheckReturnValue
package dev.switchboard.sessions.signin;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
