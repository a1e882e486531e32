/**
 * A bare-Netty server doing only what fan-out needs: the yardstick beside which figures are read.
 */
@NullMarked
@CheckReturnValue
package dev.switchboard.bench.reference;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
