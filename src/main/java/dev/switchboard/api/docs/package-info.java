/**
 * The documentation as a web site: its Markdown pages, which the jar contains, are rendered once on
 * first use and held in memory.
 */
@NullMarked
@CheckReturnValue
package dev.switchboard.api.docs;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
