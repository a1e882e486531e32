/** Filters of payloads, whose size is limited when they are parsed and whose work when they run. */
@NullMarked
@CheckReturnValue
package dev.switchboard.webhooks.filter;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
