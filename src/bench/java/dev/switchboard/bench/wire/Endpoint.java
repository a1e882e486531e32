package dev.switchboard.bench.wire;

import java.net.InetSocketAddress;
import java.net.URI;

/** The HTTP address of a node under load. */
public record Endpoint(String host, int port) {

  /** Reads {@code http://host:port}; a path is ignored. */
  public static Endpoint of(URI url) {
    if (!"http".equals(url.getScheme()) || url.getHost() == null) {
      throw new IllegalArgumentException("expected http://host:port, got " + url);
    }
    return new Endpoint(url.getHost(), url.getPort() < 0 ? 80 : url.getPort());
  }

  public InetSocketAddress address() {
    return new InetSocketAddress(host, port);
  }

  public String authority() {
    return host + ":" + port;
  }
}
