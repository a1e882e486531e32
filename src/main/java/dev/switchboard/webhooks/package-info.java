/**
 * The delivery engine: what an accepted event owes to webhooks is a row in Postgres before the
 * event is acknowledged, and stays one until its last attempt.
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
 * <p>A held row counts as attempt 1 claimed: the node that accepted the event may start it from
 * memory as soon as the event is published. Every claim has a token and a lease on the database's
 * clock; what a claim outlived is logged as {@code node_lost} and comes up again. No transaction is
 * open during a call. A bus message only ever brings work forward; a sweep finds what a message
 * lost.
 */
@NullMarked
@CheckReturnValue
package dev.switchboard.webhooks;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
