/**
 * The WebSocket protocol on a bare Netty channel: upgrade, frames, close handshake, and one encoded
 * buffer for many sockets. Knows no events, tenants or sessions.
 *
 * <p>Vert.x accepts the connection and routes the request; after the upgrade the channel is ours. A
 * {@code ServerWebSocket} keeps two fixed queues and the whole upgrade request alive, some 15 KB
 * for each idle socket, has one flush per message, and can't answer an oversized frame with 1009.
 */
@NullMarked
@CheckReturnValue
package dev.switchboard.sessions.wire;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
