/**
 * Decides which delivery is called when: workers, caps, rates, circuit breakers, retries, and the
 * sweep that finds what was lost.
 */
@NullMarked
@CheckReturnValue
package dev.switchboard.webhooks.dispatch;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
