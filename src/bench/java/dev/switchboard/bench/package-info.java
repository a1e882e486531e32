/** The load benchmark's command line: one sub-command per workload, one that writes the report. */
@NullMarked
@CheckReturnValue
package dev.switchboard.bench;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
