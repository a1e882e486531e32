/**
 * The commands that are clients of a node: they publish to it and listen to it over its public
 * addresses, as any program could, and know nothing of its inside.
 */
@NullMarked
@CheckReturnValue
package dev.switchboard.cli;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
