/**
 * The store of kept events: the last event of each key of a log, read as a snapshot that the log
 * continues. They are written by the script that publishes an event.
 */
@NullMarked
@CheckReturnValue
package dev.switchboard.kept;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
