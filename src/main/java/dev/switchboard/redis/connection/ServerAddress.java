package dev.switchboard.redis.connection;

/**
 * Address of one server.
 *
 * @param port 0 to 65535
 */
record ServerAddress(String host, int port) {
  private static final int MAX_PORT = 65_535;

  ServerAddress {
    if (port < 0 || port > MAX_PORT) {
      throw new IllegalArgumentException(port + " is not a port");
    }
  }

  /**
   * Reads {@code host:port}; an IPv6 address is in brackets.
   *
   * @throws IllegalArgumentException if the text is malformed
   */
  static ServerAddress parse(String text) {
    int colon = text.lastIndexOf(':');
    if (colon < 0) {
      throw new IllegalArgumentException("no port follows the host");
    }
    String host = text.substring(0, colon);
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    }
    return new ServerAddress(host, Integer.parseInt(text.substring(colon + 1)));
  }

  @Override
  public String toString() {
    return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
  }
}
