/**
 * One HTTP call to a receiver: the signed request, the connection it takes, and its outcome. Knows
 * neither queue nor retries.
 */
@NullMarked
@CheckReturnValue
package dev.switchboard.webhooks.call;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
