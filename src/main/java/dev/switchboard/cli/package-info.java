/**
 * The command line of operators: one class for each sub-command, and what they share. A command
 * runs on the main thread, which may block.
 */
@NullMarked
@CheckReturnValue
package dev.switchboard.cli;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
