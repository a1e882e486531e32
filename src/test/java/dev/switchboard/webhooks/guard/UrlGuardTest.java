package dev.switchboard.webhooks.guard;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.config.Cidr;
import dev.switchboard.config.ConfigLoader;
import dev.switchboard.config.WebhooksConfig;
import dev.switchboard.webhooks.guard.UrlGuard.Target;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.InetAddress;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every way to write an address that a webhook must not reach, and some that it may. */
class UrlGuardTest {
  private static Vertx vertx;

  @BeforeAll
  static void start() {
    vertx = Vertx.vertx();
  }

  @AfterAll
  static void stop() throws Exception {
    assertThat(get(vertx.close().map("closed"))).isEqualTo("closed");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1",
        "127.0.0.2",
        "127.255.255.254",
        "localhost",
        "LOCALHOST",
        "localhost.",
        "foo.localhost",
        "FOO.LocalHost",
        "foo.localhost.",
        "127.1",
        "127.0.1",
        "2130706433",
        "2130706433.",
        "0",
        "127.000.000.001",
        "0x7f.0.0.1",
        "0x7f000001",
        "0X7F000001",
        "0x7f.1",
        "0x",
        "017700000001",
        "0177.0.0.1",
        "0300.0250.0.1",
        "1.2.3.4.5",
        "1.2.3.4.",
        "0.0.0.0",
        "0.1.2.3",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "169.254.170.2",
        "100.100.100.200",
        "192.0.0.192",
        "168.63.129.16",
        "198.18.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "256.1.1.1",
        "999.999.999.999"
      })
  void hostsThatMayBeInternalAreRefused(String host) throws Exception {
    assertRefused("https://" + host + "/hook");
    assertRefused("https://" + host + ":8443/");
    assertRefused("https://" + host);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[::]",
        "[::1]",
        "[0:0:0:0:0:0:0:1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::FFFF:7F00:1]",
        "[::ffff:a9fe:a9fe]",
        "[::127.0.0.1]",
        "[::7f00:1]",
        "[::ffff:0:127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[64:ff9b:1::a9fe:a9fe]",
        "[2002:7f00:1::]",
        "[2001:0:53aa:64c::1]",
        "[fc00::1]",
        "[fd00:ec2::254]",
        "[fd20:ce::254]",
        "[fe80::1]",
        "[fe80::1%25eth0]",
        "[fe80::1%25lo]",
        "[fe80::1%251]",
        "[2001:4860:4860::8888%251]",
        "[2001:4860:4860::8888%25lo]",
        "[2001:4860:4860::8888%eth0]",
        "[fec0::1]",
        "[ff02::1]",
        "[100::1]",
        "[2001:db8::1]",
        "[3fff::1]",
        "[5f00::1]",
        "[::1",
        "::1",
        "[]",
        "[1.2.3.4]",
        "[v1.fe80::1]",
        "[8.8.8.8]"
      })
  void literalsOfVersion6ThatAreNotPlainlyPublicAreRefused(String host) throws Exception {
    assertRefused("https://" + host + "/hook");
    assertRefused("https://" + host + ":443/hook");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://user:pw@example.com/",
        "https://user@example.com/",
        "https://@example.com/",
        "https://example.com:80@127.0.0.1/",
        "https://example.com\\@127.0.0.1/",
        "https://127.0.0.1:80\\@example.com/",
        "https://127.0.0.1\\.example.com/",
        "https://example.com#@127.0.0.1/",
        "https://example.com/#",
        "https://a_b.example.com/",
        "https://ex%61mple.com/",
        "https://127.0.0.1%00.example.com/",
        "https://127.0.0.1%2f.example.com/",
        "https:///x",
        "https://",
        "https:",
        "https:127.0.0.1",
        "https:/127.0.0.1/",
        "https://?x",
        "https://\u2460\u2461\u2466.\u24ea.\u24ea.\u2460/",
        "https://127\u30020\u30020\u30021/",
        "https://127\uff0e0\uff0e0\uff0e1/",
        "https://127\uff610\uff610\uff611/",
        "https://exam\u200bple.com/",
        "https://exam\u00adple.com/",
        "https://ex\u00e4mple.com/",
        "https://\uff4c\uff4f\uff43\uff41\uff4c\uff48\uff4f\uff53\uff54/",
        "https://example.com/\u010d\u010aX: y",
        "https://example.com/\u00fc",
        " https://example.com/",
        "https://example.com/ ",
        "https://example.com/\r\nX: y",
        "https://exa\tmple.com/",
        "https://exa\nmple.com/",
        "https://example.com/a b",
        "https://example.com/%",
        "https://example.com:0/",
        "https://example.com:65536/",
        "https://example.com:99999/",
        "https://example.com:-1/",
        "https://example.com:8x/",
        "https://example..com/",
        "https://.example.com/",
        "https://-example.com/",
        "https://example.com./",
        "http://example.com/",
        "HTTP://example.com/",
        "file:///etc/passwd",
        "ftp://example.com/",
        "gopher://example.com/",
        "dict://example.com/",
        "jar:https://example.com/!/x",
        "data:text/plain,x",
        "ws://example.com/",
        "javascript:alert(1)",
        "//example.com/",
        "/hook",
        "example.com",
        "example.com:443",
        ""
      })
  void urlsThatTwoParsersCouldReadDifferentlyAreRefused(String url) throws Exception {
    assertRefused(url);
  }

  @Test
  void urlBeyondTheMaximumLengthIsRefused() throws Exception {
    String base = "https://1.1.1.1/";

    assertThat(check(guard(), base + "x".repeat(2_048 - base.length())).host())
        .isEqualTo("1.1.1.1");
    assertRefused(base + "x".repeat(2_049 - base.length()));
  }

  @Test
  void publicAddressInAUrlIsItsOwnTarget() throws Exception {
    assertThat(check(guard(), "HTTPS://1.1.1.1:8443/a/b?c=d%20e"))
        .isEqualTo(
            new Target(
                true, "1.1.1.1", List.of(InetAddress.getByName("1.1.1.1")), 8443, "/a/b?c=d%20e"));
    assertThat(check(guard(), "https://[2606:4700:4700::1111]"))
        .isEqualTo(
            new Target(
                true,
                "[2606:4700:4700::1111]",
                List.of(InetAddress.getByName("2606:4700:4700::1111")),
                443,
                "/"));
  }

  @ParameterizedTest
  @CsvSource({
    "http://1.1.1.1, 80, false, /",
    "http://1.1.1.1?a, 80, false, /?a",
    "https://1.1.1.1/?, 443, true, /?",
    "https://1.1.1.1:/x, 443, true, /x"
  })
  void portsAndPathsHaveTheirDefaults(String url, int port, boolean tls, String uri)
      throws Exception {
    Target target = check(guard(config(true, List.of(), List.of())), url);

    assertThat(target.port()).isEqualTo(port);
    assertThat(target.tls()).isEqualTo(tls);
    assertThat(target.uri()).isEqualTo(uri);
  }

  @Test
  void eachOfManyUrlsKeepsItsOwnTarget() throws Exception {
    UrlGuard guard = guard();

    for (int round = 0; round < 2; round++) {
      for (int port = 1; port <= 1_500; port++) {
        Target target = check(guard, "https://1.1.1.1:" + port + "/hook?n=" + port);

        assertThat(target.port()).isEqualTo(port);
        assertThat(target.uri()).isEqualTo("/hook?n=" + port);
      }
      assertRefused(guard, "https://10.0.0.1/");
    }
  }

  @Test
  void allowedRangeAllowsOnlyItsAddresses() throws Exception {
    UrlGuard guard =
        guard(config(true, List.of("127.0.0.0/8", "::1/128", "10.1.0.0/16"), List.of()));

    assertThat(check(guard, "http://127.0.0.1:9000/").addresses())
        .allMatch(InetAddress::isLoopbackAddress);
    assertThat(check(guard, "http://localhost:9000/").addresses())
        .allMatch(InetAddress::isLoopbackAddress);
    assertThat(check(guard, "http://hooks.localhost/").addresses())
        .allMatch(InetAddress::isLoopbackAddress);
    assertThat(check(guard, "http://[::1]/").addresses()).allMatch(InetAddress::isLoopbackAddress);
    assertThat(check(guard, "http://10.1.2.3/").port()).isEqualTo(80);
    assertRefused(guard, "http://10.2.0.1/");
    assertRefused(guard, "http://[::127.0.0.1]/");
    assertRefused(guard, "http://0177.0.0.1/");
    assertRefused(guard, "http://169.254.169.254/");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"my_service", "_service", "a_b.c_d", "my_service:99999", "user@my_service", "1_2"})
  void hostWithAnUnderscoreIsRefusedWherePrivateAddressesAre(String host) throws Exception {
    assertRefused("https://" + host + "/");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "my_service:99999",
        "user@my_service",
        "my_service:1:2",
        "my_service%",
        "my_service.0x1"
      })
  void hostWithAnUnderscoreIsParsedStrictly(String host) throws Exception {
    assertRefused(guard(config(true, List.of("10.0.0.0/8"), List.of())), "http://" + host + "/");
  }

  @Test
  void listOfHostsAllowsOnlyItsHosts() throws Exception {
    UrlGuard guard = guard(config(false, List.of(), List.of("1.1.1.1", "*.example.com")));

    assertThat(check(guard, "https://1.1.1.1/").host()).isEqualTo("1.1.1.1");
    assertRefused(guard, "https://1.0.0.1/");
    assertRefused(guard, "https://example.com/");
    assertRefused(guard, "https://evilexample.com/");
    assertRefused(guard, "https://a.example.com.evil.test/");
  }

  @Test
  void publicAddressOfThisMachineIsRefusedUnlessItsRangeIsAllowed() throws Exception {
    Set<InetAddress> own = Set.of(address("1.1.1.1"), address("2606:4700::1111"));
    UrlGuard closed = new UrlGuard(vertx, config(false, List.of(), List.of()), own);
    UrlGuard open = new UrlGuard(vertx, config(false, List.of("1.1.1.1/32"), List.of()), own);

    assertRefused(closed, "https://1.1.1.1:8080/");
    assertRefused(closed, "https://[2606:4700::1111]:8090/");
    assertThat(check(closed, "https://1.0.0.1/").port()).isEqualTo(443);
    assertThat(check(open, "https://1.1.1.1/").port()).isEqualTo(443);
    assertThat(OwnAddresses.now()).contains(address("127.0.0.1"));
  }

  private static InetAddress address(String literal) {
    return requireNonNull(Cidr.address(literal));
  }

  @Test
  void refusalRevealsNothingAboutTheNetwork() throws Exception {
    for (String url : List.of("https://10.0.0.1/", "https://[fd00::1]/", "https://localhost/")) {
      assertThat(refusal(guard(), url)).hasMessage("the host's address is not allowed");
    }
  }

  private static UrlGuard guard() {
    return guard(config(false, List.of(), List.of()));
  }

  private static UrlGuard guard(WebhooksConfig config) {
    return new UrlGuard(vertx, config);
  }

  private static WebhooksConfig config(boolean http, List<String> cidrs, List<String> hosts) {
    JsonObject webhooks =
        new JsonObject()
            .put("allowHttp", http)
            .put("allowedCidrs", new JsonArray(cidrs))
            .put("allowedHosts", new JsonArray(hosts));
    return ConfigLoader.bind("test", new JsonObject().put("webhooks", webhooks), name -> null)
        .webhooks();
  }

  private static Target check(UrlGuard guard, String url) throws Exception {
    return get(guard.check(url));
  }

  private static void assertRefused(String url) throws Exception {
    assertRefused(guard(), url);
  }

  private static void assertRefused(UrlGuard guard, String url) throws Exception {
    assertThat(refusal(guard, url)).as(url).isInstanceOf(RefusedUrlException.class);
  }

  private static Throwable refusal(UrlGuard guard, String url) throws Exception {
    try {
      return new AssertionError("passed: " + check(guard, url));
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      return cause == null ? e : cause;
    }
  }

  private static <T> T get(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }
}
