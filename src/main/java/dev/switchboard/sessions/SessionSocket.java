package dev.switchboard.sessions;

import dev.switchboard.sessions.wire.SocketChannel;
import dev.switchboard.sessions.wire.SocketListener;

/** Tells the hub what happens at a session's socket. */
record SessionSocket(Hub hub, Session session) implements SocketListener {
  @Override
  public void upgraded(SocketChannel socket) {
    hub.admit(session, new WebSocketTransport(socket));
  }

  @Override
  public void text(SocketChannel socket, String message) {
    hub.heard(session, message);
  }

  @Override
  public void pong(SocketChannel socket, long ping) {
    hub.ponged(session, ping);
  }

  @Override
  public void read(SocketChannel socket) {
    hub.readFrom(session);
  }

  @Override
  public void writable(SocketChannel socket) {
    hub.writable(session);
  }

  @Override
  public void closed(SocketChannel socket) {
    hub.gone(session);
  }
}
