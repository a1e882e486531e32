/** The files of the JavaScript client that the jar contains, with what HTTP says about them. */
@NullMarked
@CheckReturnValue
package dev.switchboard.api.client;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
