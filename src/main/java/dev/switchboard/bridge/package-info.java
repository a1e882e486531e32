/**
 * Brings events from Redis to this node's hubs: subscribes to the channels that hubs need, checks
 * the messages, and releases each log's events in the order of their offsets, with holes filled
 * from the log.
 *
 * <pre>
 *   a log that hubs follow
 *
 *   SUBSCRIBING ──all channels confirmed──► READING ──read to the top──► LIVE
 *        ▲                                     ▲  ▲                       │ │
 *        │                                     │  └── hole, top check ────┘ │
 *        └───────── link lost ─────────────────┴───────────────────────────┘
 * </pre>
 *
 * <p>Each log is put in order once per node, so that all hubs get the same order. The bridge does
 * not know sessions.
 */
@NullMarked
@CheckReturnValue
package dev.switchboard.bridge;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
