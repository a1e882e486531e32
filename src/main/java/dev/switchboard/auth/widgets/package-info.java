/** Keys of chat widgets, and the visitors who are admitted by them. */
@NullMarked
@CheckReturnValue
package dev.switchboard.auth.widgets;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
