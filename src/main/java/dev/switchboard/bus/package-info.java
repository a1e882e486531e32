/**
 * The seam between the parts of one node: every event bus address with its one message type, those
 * messages as immutable records passed by reference, and the interfaces through which capabilities
 * call each other. Messages arrive at most once: whatever must survive is stored before it is sent.
 */
@NullMarked
@CheckReturnValue
package dev.switchboard.bus;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
