package dev.switchboard.embedded;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;

/**
 * The one address embedded servers listen on; nothing of them is reachable from another machine.
 */
final class LoopbackPort {
  static final String HOST = "127.0.0.1";

  private LoopbackPort() {}

  static InetSocketAddress address(int port) throws UnknownHostException {
    return new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port);
  }

  /** Fails if another program listens already, so that its server is never taken for the node's. */
  static void requireFree(EmbeddedServer server, int port) {
    try (ServerSocket probe = new ServerSocket()) {
      probe.bind(address(port));
    } catch (IOException e) {
      throw new EmbeddedServerException(
          "port %d of %s is taken by another program (%s), so the embedded %s can't use it; stop that program, or set %s (in the environment: %s) to a free port"
              .formatted(
                  port,
                  HOST,
                  e.getMessage(),
                  server.title(),
                  server.portKey(),
                  server.portVariable()),
          e);
    }
  }
}
