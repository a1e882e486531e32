/**
 * The process: command line, configuration to running node, and the way back down. The only package
 * that sees all others.
 */
@NullMarked
@CheckReturnValue
package dev.switchboard;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
