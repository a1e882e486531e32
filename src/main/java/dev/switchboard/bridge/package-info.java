/**
 * From Redis to this node's hubs: keeps the needed channels subscribed, checks what comes, and
 * releases each log's events in the order of their offsets, with every hole filled from the log.
 *
 * <pre>
 *   a log followed here
 *
 *   SUBSCRIBING ──all channels confirmed──► READING ──read to the top──► LIVE
 *        ▲                                     ▲  ▲                       │ │
 *        │                                     │  └── hole, top check ────┘ │
 *        └───────── link lost ─────────────────┴───────────────────────────┘
 * </pre>
 *
 * <p>One place per node puts a log in order, because two could not agree. It must not know
 * sessions.
 */
@NullMarked
@CheckReturnValue
package dev.switchboard.bridge;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
