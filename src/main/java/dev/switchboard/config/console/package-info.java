/** Settings of the operators' console and of the tenants' portal. */
@NullMarked
@CheckReturnValue
package dev.switchboard.config.console;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
