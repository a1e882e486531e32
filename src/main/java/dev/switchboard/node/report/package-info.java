/**
 * What a node measures of itself and reports to the other nodes, for operators. Knows no part of
 * the node but its health, its metrics and its counts of sessions.
 */
@NullMarked
@CheckReturnValue
package dev.switchboard.node.report;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
