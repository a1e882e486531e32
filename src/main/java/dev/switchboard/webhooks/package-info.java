/**
 * The delivery engine: every delivery of an accepted event is a row in Postgres before the event is
 * acknowledged, and stays one until its last attempt. Other packages use {@code WebhookEngine} and
 * the packages {@code admin} and {@code registry} only.
 *
 * <pre>
 *                 published                     claimed                  2xx, 4xx, retries used up
 *   held ─────────────────────────► waiting ──────────────► in flight ───────────────────────────► row deleted
 *    │  │ started from memory          ▲                       │  │
 *    │  └───── (stays held) ─────┐     └───── retry, node lost ┘  │
 *    │                           └─────────────────────────────► same ends as in flight
 *    └─ Redis refused: withdrawn ─ a repeat of the event id ─► held
 * </pre>
 *
 * <p>A held row counts as claimed for attempt 1: the node that accepted the event may start it from
 * memory as soon as the event is published. Every claim has a token and a lease on the database's
 * clock; an attempt whose lease ran out is logged as {@code node_lost} and made again, unless its
 * call had not begun. No transaction is open during a call. A message on the bus only ever brings
 * work forward; a sweep finds the work of lost messages.
 */
@NullMarked
@CheckReturnValue
package dev.switchboard.webhooks;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
