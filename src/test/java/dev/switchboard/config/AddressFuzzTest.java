package dev.switchboard.config;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.fuzz.FuzzTarget;
import io.netty.util.NetUtil;
import java.net.InetAddress;

/** Addresses, ranges of them, and name servers: an independent reader finds the same address. */
class AddressFuzzTest extends FuzzTarget {
  @Override
  protected void check(byte[] input) {
    String text = text(input);
    InetAddress address = Cidr.address(text);
    if (address != null) {
      String withoutZone = text.replaceFirst("(?s)%.*", "");
      // The other reader knows only some IPv6 addresses that end with an IPv4 address.
      if (!(text.contains(":") && text.contains("."))) {
        assertThat(NetUtil.createInetAddressFromIpAddressString(withoutZone)).isEqualTo(address);
      }
      assertThat(Cidr.address(address.getHostAddress())).isEqualTo(address);
    }
    checkRange(text);
    checkNameServer(text);
  }

  private static void checkRange(String text) {
    Cidr range;
    try {
      range = Cidr.parse(text);
    } catch (IllegalArgumentException refused) {
      assertThat(refused).message().contains("address range");
      return;
    }
    assertThat(range).hasToString(text);
    InetAddress first = Cidr.address(text.split("/", 2)[0]);
    assertThat(range.contains(requireNonNull(first))).isTrue();
  }

  private static void checkNameServer(String text) {
    try {
      NameServer server = NameServer.parse(text);
      assertThat(NameServer.parse(server.toString())).isEqualTo(server);
    } catch (IllegalArgumentException refused) {
      assertThat(refused).message().contains("name server");
    }
  }
}
