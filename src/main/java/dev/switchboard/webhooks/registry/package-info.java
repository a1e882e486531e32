/**
 * What a webhook is, and where it is kept: the table, its rows, the drafts that become rows, and
 * the set of all webhooks in memory.
 */
@NullMarked
@CheckReturnValue
package dev.switchboard.webhooks.registry;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
