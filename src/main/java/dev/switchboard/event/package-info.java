/**
 * The nouns of Switchboard: names, events, logs and positions, and the one form an event has on the
 * wire. Pure values on the JDK alone; they know no server, no store and no JSON library.
 */
@NullMarked
@CheckReturnValue
package dev.switchboard.event;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
