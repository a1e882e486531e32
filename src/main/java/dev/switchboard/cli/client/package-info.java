/**
 * The commands that are clients of a node: they publish to it and listen to it over its public API,
 * as any program could, and know nothing of its internals.
 */
@NullMarked
@CheckReturnValue
package dev.switchboard.cli.client;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
