/** The workloads: each warms up, measures one thing and hands its figures to the results file. */
@NullMarked
@CheckReturnValue
package dev.switchboard.bench.workload;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
