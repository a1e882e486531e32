package dev.switchboard.config;

/**
 * The address and port of a name server.
 *
 * @param address an IP address, because no name server could resolve a host name
 */
public record NameServer(String address, int port) {
  private static final int DNS = 53;

  /**
   * Parses {@code 10.0.0.2}, {@code 10.0.0.2:53}, {@code fd00::2} or {@code [fd00::2]:53}.
   *
   * @throws IllegalArgumentException if {@code text} is not one of these
   */
  public static NameServer parse(String text) {
    int colon = text.lastIndexOf(':');
    boolean bracketed = text.startsWith("[") && text.indexOf(']') > 0;
    boolean withPort = colon >= 0 && (bracketed ? text.charAt(colon - 1) == ']' : isOnly(text));
    String address = withPort ? text.substring(0, colon) : text;
    if (bracketed) {
      address = address.substring(1, address.length() - 1);
    }
    String port = withPort ? text.substring(colon + 1) : Integer.toString(DNS);
    if (Cidr.address(address) == null || !port.matches("[1-9]\\d{0,4}")) {
      throw refused(text);
    }
    int number = Integer.parseInt(port);
    if (number > 65_535) {
      throw refused(text);
    }
    return new NameServer(address, number);
  }

  /** Returns {@code address:port}, with an IPv6 address in brackets. */
  @Override
  public String toString() {
    return address.indexOf(':') < 0 ? address + ":" + port : "[" + address + "]:" + port;
  }

  /** Returns whether {@code text} has a single colon; with more, it is an IPv6 address. */
  private static boolean isOnly(String text) {
    return text.indexOf(':') == text.lastIndexOf(':');
  }

  private static IllegalArgumentException refused(String text) {
    return new IllegalArgumentException(
        "\"" + text + "\" is not a name server such as 10.0.0.2 or 10.0.0.2:53");
  }
}
