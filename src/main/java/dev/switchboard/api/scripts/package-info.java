/**
 * Makes small files of the sources of pages: one module of many, without comments and indentation.
 * Names stay as they are.
 */
@NullMarked
@CheckReturnValue
package dev.switchboard.api.scripts;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
