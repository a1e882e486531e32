/** The load of a warm-up: requests and sockets of this process to its own loopback port. */
@NullMarked
@CheckReturnValue
package dev.switchboard.node.warmup;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
