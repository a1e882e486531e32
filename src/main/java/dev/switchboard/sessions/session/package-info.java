/**
 * One session: its state, filter, outbound queue and transport, and the messages that the server
 * itself sends. Knows no other session and no log.
 *
 * <pre>
 *   awaiting auth ──token proven──► opening ──logs followed, replay done──► live
 *        │                            │                                       │
 *        └────────────────────────────┴──────────► closed(reason) ◄───────────┘
 * </pre>
 */
@NullMarked
@CheckReturnValue
package dev.switchboard.sessions.session;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
