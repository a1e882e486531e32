/**
 * The life of sessions after sign-in: the registry of live sessions, what each is still owed,
 * heartbeats, limits per user, control commands, and how sessions end.
 */
@NullMarked
@CheckReturnValue
package dev.switchboard.sessions.lifecycle;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
