/** What operators see: health, metrics, logs, and the management port they are on. */
@NullMarked
@CheckReturnValue
package dev.switchboard.ops;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
