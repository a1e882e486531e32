package dev.switchboard.sessions.wire;

import dev.switchboard.event.ProtocolFault;

/** Receives the events of one socket, on the socket's event loop. */
public interface SocketListener {
  /** The socket is open and may be written to; called once, before anything else. */
  void upgraded(SocketChannel socket);

  /** A complete text message was received. */
  void text(SocketChannel socket, String message);

  /** A pong was received, with the number of its ping; -1 if it does not carry a number. */
  void pong(SocketChannel socket, long ping);

  /** Any frame was read with that many bytes of content, a fragment or control frame as well. */
  void read(SocketChannel socket, int bytes);

  /** The socket became writable again. */
  void writable(SocketChannel socket);

  /**
   * The server closes the socket because its client broke the protocol; called at most once, before
   * {@link #closed}.
   */
  void failed(SocketChannel socket, ProtocolFault fault);

  /** The socket was closed; called once. */
  void closed(SocketChannel socket);
}
