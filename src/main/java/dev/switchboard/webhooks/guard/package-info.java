/**
 * Where a webhook may connect to: checks URLs and resolved addresses, so that a tenant's URL cannot
 * reach into the network of this server.
 */
@NullMarked
@CheckReturnValue
package dev.switchboard.webhooks.guard;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
