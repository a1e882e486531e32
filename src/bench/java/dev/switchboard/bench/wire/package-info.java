/**
 * The bytes of the protocols under load, written and read by hand at minimal cost; knows no
 * workload.
 */
@NullMarked
@CheckReturnValue
package dev.switchboard.bench.wire;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
