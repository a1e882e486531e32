/**
 * One session: its state, filter, subscriptions and transport, and the messages that the server
 * itself sends. Knows no other session and reads no log.
 *
 * <pre>
 *   awaiting auth ──authenticated──► opening ──logs open, position checked──► live
 *        │                              │                                      │
 *        └──────────────────────────────┴───────────► closed ◄─────────────────┘
 * </pre>
 */
@NullMarked
@CheckReturnValue
package dev.switchboard.sessions.session;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
