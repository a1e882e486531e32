/** Settings of the pages that nodes serve: documentation, console and portal. */
@NullMarked
@CheckReturnValue
package dev.switchboard.config.pages;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
