/** The keys with which backends call, and those with which visitors of web pages connect. */
@NullMarked
@CheckReturnValue
package dev.switchboard.api.keys;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
