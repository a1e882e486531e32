/**
 * Live sessions: who is connected on this node, what each may see, and the fan-out of events to
 * them.
 *
 * <pre>
 *   awaiting auth ──token proven──► opening ──logs followed, replay done──► live
 *        │                            │                                       │
 *        └────────────────────────────┴──────────► closed(reason) ◄───────────┘
 * </pre>
 *
 * <p>One {@link dev.switchboard.sessions.edge.TransportEvents} per event loop owns the sessions
 * whose sockets that loop accepted; nothing here is shared between loops. A hub gets events in
 * order from the bridge, as mail, and knows neither Redis Pub/Sub nor other nodes.
 */
@NullMarked
@CheckReturnValue
package dev.switchboard.sessions;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
