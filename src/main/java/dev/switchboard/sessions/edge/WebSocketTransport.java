package dev.switchboard.sessions.edge;

import dev.switchboard.event.CloseReason;
import dev.switchboard.sessions.registry.Traffic;
import dev.switchboard.sessions.session.SharedMessage;
import dev.switchboard.sessions.session.Transport;
import dev.switchboard.sessions.wire.SocketChannel;

/** Sends a session's messages as WebSocket text frames. */
record WebSocketTransport(SocketChannel socket, Traffic traffic) implements Transport {
  @Override
  public void write(SharedMessage message) {
    socket.write(message.frameFor(socket.compression()));
    traffic.sent(message.length());
  }

  @Override
  public void flush() {
    socket.flush();
  }

  @Override
  public boolean isWritable() {
    return socket.isWritable();
  }

  @Override
  public long queuedBytes() {
    return socket.queuedBytes();
  }

  @Override
  public int queuedMessages() {
    return socket.queuedMessages();
  }

  @Override
  public void ping(long number) {
    socket.ping(number);
  }

  /**
   * Queues a close frame behind the messages. A client that does not read it within some seconds is
   * disconnected.
   */
  @Override
  public void close(CloseReason reason, String message) {
    if (reason == CloseReason.TOO_SLOW) {
      socket.closeUnread(reason.code(), message);
    } else {
      socket.close(reason.code(), message);
    }
  }
}
