/**
 * The load client: many WebSocket sessions, a few publishing HTTP connections, and what they saw.
 */
@NullMarked
@CheckReturnValue
package dev.switchboard.bench.client;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
