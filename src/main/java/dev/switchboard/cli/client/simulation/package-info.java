/**
 * A contact centre that exists only in memory: callers, queues, agents and chats whose events fit
 * together. Drawn from a seed, without I/O.
 */
@NullMarked
@CheckReturnValue
package dev.switchboard.cli.client.simulation;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
