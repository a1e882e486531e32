package dev.switchboard.webhooks.guard;

import dev.switchboard.config.Cidr;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;

/**
 * The addresses that no webhook may reach unless an operator allows their range: the
 * special-purpose registries of IANA (RFC 6890 and later) and the metadata services of clouds.
 *
 * <p>The JDK's own predicates miss most of these (carrier NAT, unique local IPv6, embedded IPv4),
 * so ranges are compared by prefix. Of IPv6 only global unicast is public, without the ranges that
 * embed an IPv4 address.
 */
final class SpecialAddresses {
  private static final List<Cidr> IPV4 =
      ranges(
          "0.0.0.0/8", // this network
          "10.0.0.0/8", // private
          "100.64.0.0/10", // carrier NAT; metadata of one cloud
          "127.0.0.0/8", // loopback
          "168.63.129.16/32", // a cloud's wire server, in public space
          "169.254.0.0/16", // link local; metadata of most clouds
          "172.16.0.0/12", // private
          "192.0.0.0/24", // protocol assignments; metadata of one cloud
          "192.0.2.0/24", // documentation
          "192.88.99.0/24", // 6to4 relay
          "192.168.0.0/16", // private
          "198.18.0.0/15", // benchmarks
          "198.51.100.0/24", // documentation
          "203.0.113.0/24", // documentation
          "224.0.0.0/4", // multicast
          "240.0.0.0/4"); // reserved, broadcast

  private static final Cidr GLOBAL_UNICAST = Cidr.parse("2000::/3");
  private static final List<Cidr> IPV6 =
      ranges(
          "2001::/23", // protocol assignments, Teredo among them
          "2001:db8::/32", // documentation
          "2002::/16", // 6to4
          "3fff::/20"); // documentation

  private SpecialAddresses() {}

  private static List<Cidr> ranges(String... texts) {
    return Arrays.stream(texts).map(Cidr::parse).toList();
  }

  static boolean isPublic(InetAddress address) {
    if (address instanceof Inet4Address) {
      return IPV4.stream().noneMatch(range -> range.contains(address));
    }
    return GLOBAL_UNICAST.contains(address)
        && IPV6.stream().noneMatch(range -> range.contains(address));
  }
}
