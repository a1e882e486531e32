/** The registered webhooks: their settings, the table and its rows, and all webhooks in memory. */
@NullMarked
@CheckReturnValue
package dev.switchboard.webhooks.registry;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
