package dev.switchboard.webhooks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.config.ConfigLoader;
import dev.switchboard.config.Secret;
import dev.switchboard.config.WebhooksConfig;
import dev.switchboard.event.TenantId;
import dev.switchboard.support.NameServer;
import dev.switchboard.support.Waiting;
import dev.switchboard.support.WebhookReceiver;
import dev.switchboard.webhooks.call.Attempt;
import dev.switchboard.webhooks.call.CallRequest;
import dev.switchboard.webhooks.call.SignedRequest;
import dev.switchboard.webhooks.call.WebhookCaller;
import dev.switchboard.webhooks.format.BodyFormatter;
import dev.switchboard.webhooks.format.LinkTemplate;
import dev.switchboard.webhooks.guard.UrlGuard;
import dev.switchboard.webhooks.registry.Webhook;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Calls to real receivers by names of a real name server that its owner turns against us. 127.0.0.2
 * and 127.0.0.3 play the public addresses, 127.0.0.1 the network behind the guard.
 */
@SuppressWarnings("NullAway.Init")
class AttackedCallTest {
  private static final String NAME = "hooks.attacker.test";

  private final NameServer names = new NameServer();
  private Vertx vertx;
  private WebhookReceiver inside;
  private WebhookReceiver outside;
  private WebhookReceiver elsewhere;

  /** All three on one port, so that only the address distinguishes them. */
  @BeforeEach
  void listen() {
    vertx = Vertx.vertx();
    for (int tries = 0; elsewhere == null; tries++) {
      inside = new WebhookReceiver();
      try {
        outside = new WebhookReceiver(new InetSocketAddress("127.0.0.2", inside.port()));
        elsewhere = new WebhookReceiver(new InetSocketAddress("127.0.0.3", inside.port()));
      } catch (UncheckedIOException taken) {
        assertThat(taken.getCause()).isInstanceOf(BindException.class);
        assertThat(tries).isLessThan(20);
        inside.close();
        if (outside != null) {
          outside.close();
        }
      }
    }
  }

  @AfterEach
  void close() throws Exception {
    List.of(inside, outside, elsewhere).forEach(WebhookReceiver::close);
    names.close();
    assertThat(get(vertx.close().map("closed"))).isEqualTo("closed");
  }

  @Test
  void nameThatResolvesToAnInternalAddressAfterTheCheckIsRefusedAtTheCall() throws Exception {
    names.then(NAME, "127.0.0.2");
    names.then(NAME, "127.0.0.1");
    assertThat(get(guard().check(url(NAME))).addresses())
        .containsExactly(InetAddress.getByName("127.0.0.2"));

    Attempt attempt = get(caller(config()).call(request(url(NAME))));

    assertRefused(attempt);
  }

  @Test
  void nameThatResolvesToAnInternalAddressDuringACallDoesNotRedirectIt() throws Exception {
    names.then(NAME, "127.0.0.2");
    names.then(NAME, "127.0.0.1");

    Attempt attempt = get(caller(config()).call(request(url(NAME))));

    assertThat(attempt.responseCode()).isEqualTo(200);
    assertThat(outside.next().header("Host")).isEqualTo(NAME + ":" + inside.port());
    assertThat(inside.unread()).isZero();
  }

  @Test
  void nameIsRefusedIfOneOfItsAddressesIsInternal() throws Exception {
    names.answer("first." + NAME, "127.0.0.2", "127.0.0.1");
    names.answer("second." + NAME, "127.0.0.1", "127.0.0.2");
    names.answer("six." + NAME, "127.0.0.2", "::1");

    WebhookCaller caller = caller(config());

    for (String part : List.of("first.", "second.", "six.")) {
      assertRefused(get(caller.call(request(url(part + NAME)))));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "::ffff:127.0.0.1",
        "::127.0.0.1",
        "::ffff:0:127.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b:1::7f00:1",
        "2002:7f00:1::",
        "2001:0:7f00:1::1",
        "fd00:ec2::254",
        "fe80::1",
        "169.254.169.254",
        "100.100.100.200",
        "0.0.0.0"
      })
  void nameOfAnInternalOrEmbeddedAddressIsRefused(String address) throws Exception {
    names.answer(NAME, address);

    assertRefused(get(caller(config()).call(request(url(NAME)))));
  }

  @Test
  void aliasOfAnInternalNameIsRefusedAndOfAPublicNameFollowed() throws Exception {
    names.answer("inner.test", "127.0.0.1");
    names.answer("outer.test", "127.0.0.2");
    names.alias("bad." + NAME, "inner.test");
    names.alias("good." + NAME, "middle.test");
    names.alias("middle.test", "outer.test");
    names.alias("round.test", "round.test");
    WebhookCaller caller = caller(config());

    Attempt bad = get(caller.call(request(url("bad." + NAME))));
    Attempt good = get(caller.call(request(url("good." + NAME))));
    Attempt round = get(caller.call(request(url("round.test"))));

    assertRefused(bad);
    assertThat(good.responseCode()).isEqualTo(200);
    assertThat(round.error()).startsWith("dns:");
  }

  @Test
  void nameThatDoesNotResolveNowMayResolveLater() throws Exception {
    Attempt attempt = get(caller(config()).call(request(url("nowhere.test"))));

    assertThat(attempt.error()).startsWith("dns:");
    assertThat(attempt.result()).isEqualTo(Attempt.Result.RETRY);
  }

  @ParameterizedTest
  @ValueSource(ints = {301, 302, 303, 307, 308})
  void redirectToAnInternalAddressIsNotFollowed(int code) throws Exception {
    names.answer(NAME, "127.0.0.2");
    outside.answer(code);
    outside.answerHeader("Location", url("127.0.0.1"));

    Attempt attempt = get(caller(config()).call(request(url(NAME))));

    assertThat(attempt.error()).startsWith("redirect: " + code);
    assertThat(attempt.result()).isEqualTo(Attempt.Result.FINAL);
    assertThat(inside.unread()).isZero();
  }

  @Test
  void openConnectionsAreReusedByAddressAndNotByName() throws Exception {
    names.answer("one.test", "127.0.0.2");
    names.answer("two.test", "127.0.0.3");
    names.answer("three.test", "127.0.0.1");
    WebhookCaller caller = caller(config());

    for (int i = 0; i < 3; i++) {
      assertThat(get(caller.call(request(url("one.test")))).responseCode()).isEqualTo(200);
      assertThat(get(caller.call(request(url("two.test")))).responseCode()).isEqualTo(200);
      assertRefused(get(caller.call(request(url("three.test")))));
    }

    for (int i = 0; i < 3; i++) {
      assertThat(outside.next().header("Host")).startsWith("one.test:");
      assertThat(elsewhere.next().header("Host")).startsWith("two.test:");
    }
  }

  @Test
  void nameWithANewAddressDoesNotReuseAnOldConnection() throws Exception {
    names.answer(NAME, "127.0.0.2");
    WebhookCaller caller = caller(config());
    assertThat(get(caller.call(request(url(NAME)))).responseCode()).isEqualTo(200);
    assertThat(outside.next().header("Host")).startsWith(NAME);

    names.answer(NAME, "127.0.0.1");

    Waiting.until(
        "the move is seen",
        () -> String.valueOf(call(caller, url(NAME)).error()).startsWith("ssrf_blocked:"));
    assertThat(inside.unread()).isZero();
  }

  private static Attempt call(WebhookCaller caller, String url) {
    try {
      return get(caller.call(request(url)));
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void onlyListedHostsAreResolved() throws Exception {
    JsonObject config = config();
    config.put("allowedHosts", new JsonArray().add("*.Friend.test"));
    names.answer("hooks.friend.test", "127.0.0.2");
    names.answer("inner.friend.test", "127.0.0.1");
    WebhookCaller caller = caller(config);

    Attempt friend = get(caller.call(request(url("hooks.friend.test"))));
    Attempt stranger = get(caller.call(request(url("hooks.stranger.test"))));
    Attempt inner = get(caller.call(request(url("inner.friend.test"))));

    assertThat(friend.responseCode()).isEqualTo(200);
    assertThat(stranger.error()).startsWith("ssrf_blocked:").contains("list of allowed hosts");
    assertRefused(inner);
  }

  @Test
  void callsAreMadeFromTheConfiguredAddress() throws Exception {
    names.answer(NAME, "127.0.0.2");

    Attempt attempt =
        get(caller(config().put("egressAddress", "127.0.0.5")).call(request(url(NAME))));

    assertThat(attempt.responseCode()).isEqualTo(200);
    assertThat(outside.next().from().getAddress().getHostAddress()).isEqualTo("127.0.0.5");
  }

  @Test
  void proxiesOfTheProcessAreIgnored() throws Exception {
    names.answer(NAME, "127.0.0.2");
    List<String> settings = List.of("http.proxyHost", "https.proxyHost", "socksProxyHost");
    settings.forEach(setting -> System.setProperty(setting, "127.0.0.1"));
    System.setProperty("http.proxyPort", Integer.toString(inside.port()));
    System.setProperty("http.nonProxyHosts", "");

    Attempt attempt;
    try {
      attempt = get(caller(config()).call(request(url(NAME))));
    } finally {
      settings.forEach(System::clearProperty);
      System.clearProperty("http.proxyPort");
      System.clearProperty("http.nonProxyHosts");
    }

    assertThat(attempt.responseCode()).isEqualTo(200);
    assertThat(inside.unread()).isZero();
    assertThat(outside.next().path()).isEqualTo("/hook");
  }

  private void assertRefused(Attempt attempt) {
    assertThat(attempt.error()).isEqualTo("ssrf_blocked: the host's address is not allowed");
    assertThat(attempt.result()).isEqualTo(Attempt.Result.FINAL);
    assertThat(attempt.responseCode()).isNull();
    assertThat(attempt.responseBody()).isNull();
    assertThat(inside.unread()).isZero();
  }

  private String url(String host) {
    return "http://" + host + ":" + inside.port() + "/hook";
  }

  private JsonObject config() {
    return new JsonObject()
        .put("allowHttp", true)
        .put("allowedCidrs", new JsonArray().add("127.0.0.2/32").add("127.0.0.3/32"))
        .put("nameServers", new JsonArray().add(names.address()));
  }

  private static WebhooksConfig bound(JsonObject webhooks) {
    return ConfigLoader.bind("test", new JsonObject().put("webhooks", webhooks), name -> null)
        .webhooks();
  }

  private UrlGuard guard() {
    return new UrlGuard(vertx, bound(config()));
  }

  private WebhookCaller caller(JsonObject webhooks) {
    WebhooksConfig config = bound(webhooks);
    return new WebhookCaller(vertx, new UrlGuard(vertx, config), Clock.systemUTC(), config);
  }

  private static SignedRequest request(String url) {
    Webhook webhook =
        new Webhook(
            1, new TenantId("t"), url, List.of(), new Secret("s"), true, 0, Duration.ofSeconds(20));
    return SignedRequest.of(
        CallRequest.of(Deliveries.claimed(1, 1)),
        webhook,
        new BodyFormatter(LinkTemplate.NONE),
        Clock.systemUTC().instant());
  }

  private static <T> T get(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }
}
