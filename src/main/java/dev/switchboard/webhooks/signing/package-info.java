/**
 * Signatures of webhook requests: made for every call, and verified by receivers. Knows nothing
 * else of webhooks.
 */
@NullMarked
@CheckReturnValue
package dev.switchboard.webhooks.signing;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
