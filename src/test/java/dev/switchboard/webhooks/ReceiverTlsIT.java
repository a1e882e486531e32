package dev.switchboard.webhooks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.support.Stores;
import dev.switchboard.support.TestCertificates;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestTokens;
import dev.switchboard.support.Waiting;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Calls to receivers behind TLS: which protocol is spoken, and whose certificate is believed. */
@SuppressWarnings("NullAway.Init")
class ReceiverTlsIT {
  @RegisterExtension static final Stores stores = new Stores();

  private static final String TENANT = "tenant-tls";

  /** What a server of old versions answers: a fatal alert with the number 70. */
  private static final byte[] PROTOCOL_VERSION_ALERT = {21, 3, 1, 0, 2, 2, 70};

  private final WebhookTable webhooks = new WebhookTable(stores, TENANT);

  private static Vertx vertx;
  private static TestCertificates trusted;
  private static TestCertificates strange;

  /** One call as the receiver saw it. */
  private record Seen(HttpVersion version, String authority, String signature) {}

  @BeforeAll
  static void startVertx() {
    vertx = Vertx.vertx();
    trusted = new TestCertificates();
    trusted.signExpired();
    trusted.signFuture();
    trusted.signSelf();
    strange = new TestCertificates();
  }

  @AfterAll
  static void closeVertx() throws Exception {
    Object unused =
        vertx.close().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  @AfterEach
  void deleteWebhooks() {
    stores.postgres().execute("DELETE FROM webhooks");
  }

  @Test
  void receiverChoosesTheProtocolAndItsCertificateIsValidForItsHostOnly() throws Exception {
    List<Seen> calls = new CopyOnWriteArrayList<>();
    String http2 = "https://localhost:" + receiver(trusted, "server", true, calls) + "/";
    String http1 = "https://127.0.0.1:" + receiver(trusted, "server", false, calls) + "/";
    List<Seen> unwanted = new CopyOnWriteArrayList<>();
    String once = "retry_count = 0, secret = 'your-secret-key'";
    long overHttp2 = webhooks.insert(http2, once);
    long overHttp1 = webhooks.insert(http1, once);
    List<Long> refused =
        List.of(
            webhooks.insert(
                "https://localhost:" + receiver(trusted, "other", true, unwanted), once),
            webhooks.insert(
                "https://localhost:" + receiver(strange, "server", true, unwanted), once));

    try (BadReceiver plain = new BadReceiver((socket, out) -> BadReceiver.hang());
        TestNode node = TestNode.start(config())) {
      long noTls = webhooks.insert("https" + plain.url().substring(4), once + ", timeout = 2");

      Waiting.until("the node knows every webhook", () -> publish(node) == 5);

      for (long webhook : refused) {
        awaitAttempt(webhook);
        assertThat(webhooks.attempts(webhook, "split_part(error, ':', 1)"))
            .as("webhook %s of %s", webhook, refused)
            .allSatisfy(error -> assertThat(error).isEqualTo("tls"));
      }
      assertThat(unwanted).isEmpty();
      awaitAttempt(noTls);
      assertThat(webhooks.attempts(noTls, "split_part(error, ':', 1)"))
          .allSatisfy(error -> assertThat(error).isIn("tls", "timeout_connect"));
      awaitAttempt(overHttp2);
      awaitAttempt(overHttp1);
      assertThat(webhooks.attempts(overHttp2, "coalesce(error, 'none')")).containsOnly("none");
      assertThat(webhooks.attempts(overHttp1, "coalesce(error, 'none')")).containsOnly("none");
      assertThat(calls)
          .anySatisfy(
              call -> {
                assertThat(call.version()).isEqualTo(HttpVersion.HTTP_2);
                assertThat(call.authority()).startsWith("localhost:");
                assertThat(call.signature()).hasSize(64);
              })
          .anySatisfy(
              call -> {
                assertThat(call.version()).isEqualTo(HttpVersion.HTTP_1_1);
                assertThat(call.authority()).startsWith("127.0.0.1:");
              });
    }
  }

  @Test
  void callWithAnUntrustedCertificateIsRetriedAndSendsNothing() throws Exception {
    List<Seen> unwanted = new CopyOnWriteArrayList<>();
    String twice =
        "retry_schedule = '[0.05]', secret = 'your-secret-key',"
            + " headers = '{\"X-Token\": \"your-other-secret\"}'";
    Map<String, Long> registered = new LinkedHashMap<>();
    for (String name : List.of("expired", "other", "self")) {
      for (boolean http2 : List.of(true, false)) {
        String url = "https://localhost:" + receiver(trusted, name, http2, unwanted);
        registered.put(name + " " + http2, webhooks.insert(url + "/hidden?key=hidden", twice));
      }
    }
    try (TestNode node = TestNode.start(config())) {

      int deliveries = publish(node);

      assertThat(deliveries).isEqualTo(registered.size());
      registered.forEach(
          (name, webhook) -> {
            Waiting.until(
                "two attempts of " + name + " are logged",
                () -> webhooks.attempts(webhook, "id").size() == 2);
            assertThat(webhooks.attempts(webhook, "attempt || ' ' || outcome"))
                .as(name)
                .containsExactly("1 retrying", "2 failed");
            assertThat(webhooks.attempts(webhook, "error"))
                .as(name)
                .allSatisfy(
                    error ->
                        assertThat(error)
                            .startsWith("tls: ")
                            .doesNotContain("secret", "hidden", "127.0.0.1"));
            assertThat(webhooks.attempts(webhook, "response_code")).containsOnlyNulls();
            assertThat(webhooks.attempts(webhook, "response_body")).containsOnlyNulls();
          });
      assertThat(unwanted).isEmpty();
    }
  }

  @Test
  void logAndTestCallSayWhatIsWrongWithTls() throws Exception {
    List<Seen> unwanted = new CopyOnWriteArrayList<>();
    Map<String, String> words = new LinkedHashMap<>();
    String host = "https://localhost:";
    words.put(host + receiver(trusted, "expired", true, unwanted), "the certificate has expired");
    words.put(
        host + receiver(trusted, "future", true, unwanted), "the certificate is not yet valid");
    words.put(
        host + receiver(trusted, "other", true, unwanted),
        "the certificate is not for the URL's host");
    words.put(
        "https://127.0.0.1:" + receiver(trusted, "other", false, unwanted),
        "the certificate is not for the URL's host");
    words.put(
        host + receiver(strange, "server", true, unwanted),
        "the certificate is signed by an unknown authority");
    words.put(
        host + receiver(trusted, "self", false, unwanted),
        "the certificate is signed by an unknown authority");
    for (String version : List.of("TLSv1.2", "TLSv1.3")) {
      for (boolean http2 : List.of(true, false)) {
        words.put(
            host + closedReceiver(version, http2, unwanted),
            "the receiver wants a client certificate");
      }
    }
    words.put(
        host + answering(Buffer.buffer("HTTP/1.1 400 Bad Request\r\n\r\n")),
        "the receiver does not speak TLS on this port");
    words.put(
        host + answering(Buffer.buffer(PROTOCOL_VERSION_ALERT)),
        "the receiver speaks no version of TLS");
    try (TestNode node = TestNode.start(config())) {
      Map<Long, String> expected = new LinkedHashMap<>();
      words.forEach(
          (url, text) ->
              expected.put(
                  webhooks.insert(url, "retry_count = 0, name = '" + text.replace("'", "") + "'"),
                  text));
      Waiting.until("the node knows every webhook", () -> publish(node) == words.size());

      expected.forEach(
          (webhook, text) -> {
            awaitAttempt(webhook);
            assertThat(webhooks.attempts(webhook, "error"))
                .as(text)
                .allSatisfy(error -> assertThat(error).startsWith("tls: " + text));
            assertThat(
                    node.post("/api/v1/webhooks/" + webhook + "/test", "", TestTokens.service())
                        .body())
                .contains("tls: " + text);
          });
      assertThat(unwanted).isEmpty();
    }
  }

  private static JsonObject config() {
    JsonObject config = TestNode.config(stores);
    config
        .getJsonObject("webhooks")
        .put("trustedCertificates", trusted.file("ca.crt"))
        .put("allowedCidrs", new JsonArray().add("127.0.0.0/8").add("::1/128"));
    return config;
  }

  private static int receiver(
      TestCertificates authority, String name, boolean http2, List<Seen> calls) throws Exception {
    return listen(options(authority, name, http2), calls);
  }

  /** A receiver whose answer to a TLS handshake is {@code bytes}. */
  private static int answering(Buffer bytes) throws Exception {
    return vertx
        .createNetServer()
        .connectHandler(
            socket ->
                socket.handler(
                    hello ->
                        socket
                            .write(bytes)
                            .compose(sent -> socket.close())
                            .onFailure(closed -> {})))
        .listen(0, "127.0.0.1")
        .toCompletionStage()
        .toCompletableFuture()
        .get(20, TimeUnit.SECONDS)
        .actualPort();
  }

  /** A receiver that accepts only callers with a certificate. */
  private static int closedReceiver(String version, boolean http2, List<Seen> calls)
      throws Exception {
    return listen(
        options(trusted, "server", http2)
            .setEnabledSecureTransportProtocols(Set.of(version))
            .setClientAuth(ClientAuth.REQUIRED)
            .setTrustOptions(new PemTrustOptions().addCertPath(trusted.file("ca.crt"))),
        calls);
  }

  private static HttpServerOptions options(TestCertificates authority, String name, boolean http2) {
    return new HttpServerOptions()
        .setHost("127.0.0.1")
        .setPort(0)
        .setSsl(true)
        .setUseAlpn(http2)
        .setKeyCertOptions(
            new PemKeyCertOptions()
                .setCertPath(authority.file(name + ".crt"))
                .setKeyPath(authority.file(name + ".key")));
  }

  private static int listen(HttpServerOptions options, List<Seen> calls) throws Exception {
    return vertx
        .createHttpServer(options)
        .requestHandler(
            request -> {
              calls.add(
                  new Seen(
                      request.version(),
                      String.valueOf(request.authority()),
                      String.valueOf(request.getHeader("X-Webhook-Signature"))));
              request.body().compose(body -> request.response().end()).onFailure(closed -> {});
            })
        .listen()
        .toCompletionStage()
        .toCompletableFuture()
        .get(20, TimeUnit.SECONDS)
        .actualPort();
  }

  private static int publish(TestNode node) {
    return node.publish(
            new JsonObject()
                .put("tenant_id", TENANT)
                .put("type", "call.incoming")
                .put("payload", new JsonObject()))
        .getInteger("deliveries");
  }

  private void awaitAttempt(long webhook) {
    Waiting.until(
        "an attempt of " + webhook + " is logged",
        () -> !webhooks.attempts(webhook, "id").isEmpty());
  }
}
