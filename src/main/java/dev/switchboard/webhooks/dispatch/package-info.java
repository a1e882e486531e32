/**
 * Decides which delivery is called when: workers, limits, rates, circuit breakers, retries, and the
 * sweep for lost work.
 */
@NullMarked
@CheckReturnValue
package dev.switchboard.webhooks.dispatch;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
