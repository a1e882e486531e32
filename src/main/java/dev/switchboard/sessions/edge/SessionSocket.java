package dev.switchboard.sessions.edge;

import dev.switchboard.sessions.session.Session;
import dev.switchboard.sessions.wire.SocketChannel;
import dev.switchboard.sessions.wire.SocketListener;

/** Tells the hub what happens at a session's socket. */
record SessionSocket(TransportEvents transportEvents, Session session) implements SocketListener {
  @Override
  public void upgraded(SocketChannel socket) {
    transportEvents.admit(session, new WebSocketTransport(socket));
  }

  @Override
  public void text(SocketChannel socket, String message) {
    transportEvents.heard(session, message);
  }

  @Override
  public void pong(SocketChannel socket, long ping) {
    transportEvents.ponged(session, ping);
  }

  @Override
  public void read(SocketChannel socket) {
    transportEvents.readFrom(session);
  }

  @Override
  public void writable(SocketChannel socket) {
    transportEvents.writable(session);
  }

  @Override
  public void closed(SocketChannel socket) {
    transportEvents.gone(session);
  }
}
