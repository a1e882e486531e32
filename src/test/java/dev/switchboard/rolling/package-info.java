/** Restarts and stalls of nodes as clients behind real load balancers see them. */
@NullMarked
package dev.switchboard.rolling;

import org.jspecify.annotations.NullMarked;
