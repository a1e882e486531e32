/**
 * Live sessions: who is connected to this node, what each session may see, and the fan-out of
 * events to them.
 *
 * <pre>
 *   awaiting auth ──authenticated──► opening ──logs open, position checked──► live
 *        │                              │                                      │
 *        └──────────────────────────────┴───────────► closed ◄─────────────────┘
 * </pre>
 *
 * <p>Each event loop has one {@link dev.switchboard.sessions.Hub}, which owns the sessions whose
 * sockets that loop accepted; hubs share nothing but counts. A hub gets events in order from the
 * bridge, in batches, and knows neither Redis Pub/Sub nor other nodes.
 */
@NullMarked
@CheckReturnValue
package dev.switchboard.sessions;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
