/** The management port with health and metrics, and the output of the log. */
@NullMarked
@CheckReturnValue
package dev.switchboard.ops;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
