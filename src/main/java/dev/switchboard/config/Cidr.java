package dev.switchboard.config;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A range of IP addresses: {@code 10.1.0.0/16}, {@code fd00::/8}, or one address without a slash.
 */
public final class Cidr {
  /** Longest text of an address, in characters: of IPv6 with an IPv4 address at its end. */
  private static final int MAX_LENGTH = 45;

  private static final String OCTET = "(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
  private static final Pattern LITERAL =
      Pattern.compile("(" + OCTET + "\\.){3}" + OCTET + "|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");

  private final byte[] network;
  private final int prefix;
  private final String text;

  private Cidr(byte[] network, int prefix, String text) {
    this.network = network;
    this.prefix = prefix;
    this.text = text;
  }

  /**
   * Parses a range; never asks a name server.
   *
   * @throws IllegalArgumentException if {@code text} is not a range
   */
  public static Cidr parse(String text) {
    int slash = text.indexOf('/');
    String address = slash < 0 ? text : text.substring(0, slash);
    byte[] network = literal(address, text);
    int prefix = network.length * 8;
    if (slash >= 0) {
      String digits = text.substring(slash + 1);
      if (!digits.matches("0|[1-9]\\d{0,2}") || Integer.parseInt(digits) > prefix) {
        throw refused(text);
      }
      prefix = Integer.parseInt(digits);
    }
    return new Cidr(network, prefix, text);
  }

  /** Parses an IP address without asking a name server; null if {@code text} is not one. */
  public static @Nullable InetAddress address(String text) {
    // A link-local peer address comes with its zone.
    String plain = text.contains(":") ? text.replaceFirst("%.*", "") : text;
    try {
      return InetAddress.getByAddress(literal(plain, text));
    } catch (IllegalArgumentException | UnknownHostException e) {
      return null;
    }
  }

  private static byte[] literal(String address, String whole) {
    // Some parsers read leading zeros as octal. Brackets and zones are not part of a range. What
    // only resembles an address would be looked up as a name.
    if (address.length() > MAX_LENGTH || !LITERAL.matcher(address).matches()) {
      throw refused(whole);
    }
    try {
      return InetAddress.getByName(address).getAddress();
    } catch (UnknownHostException e) {
      throw refused(whole);
    }
  }

  private static IllegalArgumentException refused(String text) {
    return new IllegalArgumentException(
        "\"" + text + "\" is not an address range such as 10.1.0.0/16");
  }

  /** Returns whether the range contains {@code address}. */
  public boolean contains(InetAddress address) {
    byte[] bytes = address.getAddress();
    if (bytes.length != network.length) {
      return false;
    }
    int whole = prefix / 8;
    for (int i = 0; i < whole; i++) {
      if (bytes[i] != network[i]) {
        return false;
      }
    }
    int rest = prefix % 8;
    return rest == 0 || ((bytes[whole] ^ network[whole]) & (0xff00 >> rest) & 0xff) == 0;
  }

  @Override
  public String toString() {
    return text;
  }
}
