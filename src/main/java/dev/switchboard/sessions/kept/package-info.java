/**
 * Snapshots of kept events for the sessions of one event loop: read once for all who ask at the
 * same time, and written to each as fast as it reads.
 */
@NullMarked
@CheckReturnValue
package dev.switchboard.sessions.kept;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
