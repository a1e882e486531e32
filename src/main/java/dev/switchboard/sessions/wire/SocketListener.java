package dev.switchboard.sessions.wire;

/** What the owner of a socket hears, on the socket's event loop. */
public interface SocketListener {
  /** The socket is there and may be written to; told once, before anything else. */
  void upgraded(SocketChannel socket);

  /** A whole text message. */
  void text(SocketChannel socket, String message);

  /** A pong, with the number its ping carried; -1 if it answers none of ours. */
  void pong(SocketChannel socket, long ping);

  /** Anything was read, a fragment or control frame as well. */
  void read(SocketChannel socket);

  /** The socket takes bytes again after it had not. */
  void writable(SocketChannel socket);

  /** The socket is gone; told once. */
  void closed(SocketChannel socket);
}
