/** Settings of what operators are told: logs and metrics. */
@NullMarked
@CheckReturnValue
package dev.switchboard.config.ops;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
