package dev.switchboard.config;

/**
 * Where a name server listens.
 *
 * @param address as digits, because its name could not be asked for
 */
public record NameServer(String address, int port) {
  private static final int DNS = 53;

  /**
   * Reads {@code 10.0.0.2}, {@code 10.0.0.2:53}, {@code fd00::2} or {@code [fd00::2]:53}.
   *
   * @throws IllegalArgumentException if it is none
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

  /** The written form. */
  @Override
  public String toString() {
    return address.indexOf(':') < 0 ? address + ":" + port : "[" + address + "]:" + port;
  }

  /** Of several colons none parts a port from an address. */
  private static boolean isOnly(String text) {
    return text.indexOf(':') == text.lastIndexOf(':');
  }

  private static IllegalArgumentException refused(String text) {
    return new IllegalArgumentException(
        "\"" + text + "\" is no name server such as 10.0.0.2 or 10.0.0.2:53");
  }
}
