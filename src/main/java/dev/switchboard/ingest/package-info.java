/**
 * Accepts events: commits their inbox messages and webhook deliveries, gives each its position in
 * the log and publishes it. Nothing is acknowledged before that. Parsing is in {@code parse}; knows
 * nothing of HTTP or sockets.
 */
@NullMarked
@CheckReturnValue
package dev.switchboard.ingest;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
