/**
 * The durable queue of deliveries in Postgres: the outbox, claims, outcomes and cleaning up. Does
 * not decide when a delivery is called.
 */
@NullMarked
@CheckReturnValue
package dev.switchboard.webhooks.queue;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
