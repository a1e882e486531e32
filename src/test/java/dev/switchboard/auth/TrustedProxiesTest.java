package dev.switchboard.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.config.Cidr;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whom a request is taken to come from, with and without load balancers in between. */
class TrustedProxiesTest {
  private final TrustedProxies proxies =
      TrustedProxies.of(List.of(Cidr.parse("10.0.0.0/8"), Cidr.parse("fd00::/8")));

  private static String text(@Nullable InetAddress address) {
    return address == null ? "unknown" : address.getHostAddress();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "192.0.2.1 | 203.0.113.9 | 192.0.2.1",
        "10.0.0.1 | 203.0.113.9 | 203.0.113.9",
        "10.0.0.1 | 198.51.100.7, 203.0.113.9 | 203.0.113.9",
        "10.0.0.1 | 10.9.9.9, 203.0.113.9, 10.0.0.2 | 203.0.113.9",
        "10.0.0.1 | 10.0.0.3, 10.0.0.2 | 10.0.0.3",
        "10.0.0.1 | 203.0.113.9:4711 | 203.0.113.9",
        "10.0.0.1 | [2001:db8::1]:4711 | 2001:db8:0:0:0:0:0:1",
        "fd00::1 | 2001:db8::1 | 2001:db8:0:0:0:0:0:1",
        "::ffff:10.0.0.1 | 203.0.113.9 | 203.0.113.9",
        "10.0.0.1 | unknown | unknown",
        "10.0.0.1 | 203.0.113.9, example.com | unknown",
        "10.0.0.1 | 203.0.113.9, | unknown"
      })
  void headerOfAnUntrustedPeerIsIgnored(String peer, String header, String source) {
    assertThat(text(proxies.source(peer, List.of(header)))).isEqualTo(source);
  }

  @Test
  void severalLinesCountAsOne() {
    assertThat(text(proxies.source("10.0.0.1", Arrays.asList("203.0.113.9", "10.0.0.2"))))
        .isEqualTo("203.0.113.9");
  }

  @Test
  void peerIsTheSourceWithoutTheHeader() {
    assertThat(text(proxies.source("10.0.0.1", List.of()))).isEqualTo("10.0.0.1");
  }

  @Test
  void headerIsIgnoredWithoutTrustedProxies() {
    TrustedProxies none = TrustedProxies.of(List.of());

    assertThat(text(none.source("10.0.0.1", List.of("203.0.113.9")))).isEqualTo("10.0.0.1");
  }
}
