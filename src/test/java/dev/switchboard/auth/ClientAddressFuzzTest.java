package dev.switchboard.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.config.Cidr;
import dev.switchboard.fuzz.FuzzTarget;
import java.net.InetAddress;
import java.util.List;

/**
 * Header fields that name where a request comes from: the peer's address in the first line of an
 * input, then lines of {@code X-Forwarded-For}. The client is none of our load balancers, unless
 * nothing else is named; the same text as an origin is allowed by itself.
 */
class ClientAddressFuzzTest extends FuzzTarget {
  private static final List<Cidr> PROXIES =
      List.of(Cidr.parse("10.0.0.0/8"), Cidr.parse("fd00::/8"));

  private final TrustedProxies proxies = TrustedProxies.of(PROXIES);

  @Override
  protected void check(byte[] input) {
    String text = text(input);
    List<String> lines = text.lines().toList();
    String peer = lines.isEmpty() ? "" : lines.get(0);
    List<String> forwarded = lines.isEmpty() ? lines : lines.subList(1, lines.size());
    InetAddress source = proxies.source(peer, forwarded);
    InetAddress own = Cidr.address(peer);
    if (own == null || !isProxy(own)) {
      assertThat(source).isEqualTo(own);
    } else if (source != null && isProxy(source) && !forwarded.isEmpty()) {
      String first = String.join(",", forwarded).split(",", -1)[0].strip();
      assertThat(first).isNotEmpty();
    }
    boolean allowed = new Origins(List.of(text)).allow(text);
    assertThat(allowed).isTrue();
    if (Origins.isWellFormed(text)) {
      assertThat(text).matches("\\A[!-~]+\\z");
    }
  }

  private static boolean isProxy(InetAddress address) {
    return PROXIES.stream().anyMatch(range -> range.contains(address));
  }
}
