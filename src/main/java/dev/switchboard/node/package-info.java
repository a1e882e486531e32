/**
 * The composition root: builds one node from its configuration, starts and stops its parts in order
 * ({@link dev.switchboard.node.NodeStartup} shows them on one page), and holds the adapters between
 * capabilities that may not know each other.
 */
@NullMarked
@CheckReturnValue
package dev.switchboard.node;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
