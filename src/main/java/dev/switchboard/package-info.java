/** The process: reads one command line and runs one sub-command. */
@NullMarked
@CheckReturnValue
package dev.switchboard;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
