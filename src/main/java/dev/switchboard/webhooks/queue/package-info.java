/**
 * The durable queue of deliveries in Postgres: held, claimed, finished. Owns every statement on it,
 * and no decision about when a delivery is called.
 */
@NullMarked
@CheckReturnValue
package dev.switchboard.webhooks.queue;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
