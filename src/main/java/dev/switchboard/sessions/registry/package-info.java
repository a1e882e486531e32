/**
 * The live sessions of one hub, their outbound queues, and how they end; and the counts of sessions
 * that all event loops of the node share.
 */
@NullMarked
@CheckReturnValue
package dev.switchboard.sessions.registry;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
