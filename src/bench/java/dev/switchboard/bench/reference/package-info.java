/** A bare-Netty server that does only what fan-out needs: results are compared with its own. */
@NullMarked
@CheckReturnValue
package dev.switchboard.bench.reference;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
