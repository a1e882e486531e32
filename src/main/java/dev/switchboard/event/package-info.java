/**
 * The basic values of Switchboard: names, events, logs and positions, and the form of an event on
 * the wire. They depend on the JDK only, and know no server, store or JSON library.
 */
@NullMarked
@CheckReturnValue
package dev.switchboard.event;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
