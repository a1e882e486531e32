package dev.switchboard.webhooks.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.config.Cidr;
import dev.switchboard.config.ConfigLoader;
import dev.switchboard.fuzz.FuzzTarget;
import dev.switchboard.webhooks.format.FormatChoice;
import dev.switchboard.webhooks.format.LinkTemplate;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.net.InetAddress;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Set;

/**
 * URLs of webhooks. One with an address as its host is refused, or leads to that public address
 * over https.
 */
class ReceiverUrlFuzzTest extends FuzzTarget {
  private static final List<Cidr> PRIVATE =
      List.of(
          Cidr.parse("0.0.0.0/8"),
          Cidr.parse("10.0.0.0/8"),
          Cidr.parse("127.0.0.0/8"),
          Cidr.parse("169.254.0.0/16"),
          Cidr.parse("172.16.0.0/12"),
          Cidr.parse("192.168.0.0/16"),
          Cidr.parse("::/16"),
          Cidr.parse("2002::/16"),
          Cidr.parse("fc00::/7"),
          Cidr.parse("fe80::/10"));

  private final UrlGuard guard =
      new UrlGuard(Vertx.vertx(), ConfigLoader.defaults(name -> null).webhooks(), Set.of());

  @Override
  protected void check(byte[] input) {
    String text = text(input);
    assertThat(FormatChoice.of(null, text).format()).isNotNull();
    checkTemplate(text);
    String host;
    try {
      host = ReceiverUrl.parse(text).host();
    } catch (URISyntaxException malformed) {
      host = null;
    }
    if (host == null || host.matches("\\[.*]|[0-9.]+|localhost")) {
      checkTarget(text);
    }
  }

  private static void checkTemplate(String text) {
    try {
      assertThat(new LinkTemplate(text)).isNotNull();
    } catch (IllegalArgumentException refused) {
      assertThat(refused).message().isNotEmpty();
    }
  }

  private void checkTarget(String url) {
    Future<UrlGuard.Target> target = guard.check(url);
    assertThat(target.isComplete()).isTrue();
    if (target.failed()) {
      assertThat(target.cause()).isInstanceOf(RefusedUrlException.class);
      return;
    }
    assertThat(target.result().tls()).isTrue();
    assertThat(target.result().uri()).startsWith("/");
    assertThat(target.result().port()).isBetween(1, 65_535);
    for (InetAddress address : target.result().addresses()) {
      assertThat(PRIVATE).noneMatch(range -> range.contains(address));
    }
  }
}
