/**
 * Messages between the verticles of one node: every event bus address with its one message type, as
 * immutable records passed by reference. At most once: what must not be lost is stored before it is
 * sent here.
 */
@NullMarked
@CheckReturnValue
package dev.switchboard.bus;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
