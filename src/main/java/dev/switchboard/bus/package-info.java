/**
 * The seam between verticles of one node: every event bus address with its one message type, and
 * those messages as immutable records passed by reference. At most once: what must survive is
 * stored before it is told here.
 */
@NullMarked
@CheckReturnValue
package dev.switchboard.bus;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
