/**
 * How the server measures and uses time: tickers, event-loop schedulers, repeating tasks and
 * backoff. Knows nothing of the rest of the server.
 */
@NullMarked
@CheckReturnValue
package dev.switchboard.time;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
