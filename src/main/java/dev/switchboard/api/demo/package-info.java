/** The pages of the demonstration, which only a node in development mode serves. */
@NullMarked
@CheckReturnValue
package dev.switchboard.api.demo;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
