package dev.switchboard.webhooks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.config.ConfigLoader;
import dev.switchboard.config.Secret;
import dev.switchboard.config.WebhooksConfig;
import dev.switchboard.event.TenantId;
import dev.switchboard.support.NameServer;
import dev.switchboard.support.TestCertificates;
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
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.PemKeyCertOptions;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Calls to hosts that have several addresses, or names that are no host names of the Internet. */
class ReceiverAddressesTest {
  private static final String DEAD = "127.0.0.2";
  private static final String ALIVE = "127.0.0.1";

  private final NameServer names = new NameServer();
  private final Vertx vertx = Vertx.vertx();
  private final TestCertificates certificates = new TestCertificates();

  ReceiverAddressesTest() {
    certificates.signFor("named", "localhost.test");
  }

  @AfterEach
  void close() throws Exception {
    names.close();
    assertThat(get(vertx.close().map("closed"))).isEqualTo("closed");
  }

  @Test
  void addressThatRefusesDoesNotFailTheAttempt() throws Exception {
    names.answer("hooks.test", DEAD, "127.0.0.3", ALIVE);
    try (WebhookReceiver receiver = new WebhookReceiver()) {
      Attempt attempt = call("http://hooks.test:" + receiver.port() + "/hook");

      assertThat(attempt.error()).isNull();
      assertThat(receiver.next().header("Host")).isEqualTo("hooks.test:" + receiver.port());
      assertThat(receiver.unread()).isZero();
    }
  }

  @Test
  void addressThatNeverAnswersTakesOnlyItsShareOfTheBudget() throws Exception {
    names.answer("localhost.test", DEAD, ALIVE);
    int port =
        get(vertx
                .createHttpServer(
                    new HttpServerOptions()
                        .setHost(ALIVE)
                        .setPort(0)
                        .setSsl(true)
                        .setKeyCertOptions(
                            new PemKeyCertOptions()
                                .setCertPath(certificates.file("named.crt"))
                                .setKeyPath(certificates.file("named.key"))))
                .requestHandler(
                    request -> {
                      Future<?> unused = request.body().compose(body -> request.response().end());
                    })
                .listen())
            .actualPort();
    try (ServerSocket silent = new ServerSocket(port, 50, InetAddress.getByName(DEAD))) {
      assertThat(silent.isBound()).isTrue();

      Attempt attempt = call("https://localhost.test:" + port + "/hook");

      assertThat(attempt.error()).isNull();
    }
  }

  @Test
  void attemptFailsIfNoAddressAnswers() throws Exception {
    names.answer("hooks.test", DEAD, "127.0.0.3");
    int port;
    try (WebhookReceiver ended = new WebhookReceiver()) {
      port = ended.port();
    }

    assertThat(call("http://hooks.test:" + port + "/").error()).isEqualTo("connect: no connection");
  }

  @Test
  void hostOfAContainerNetworkMayHaveAnUnderscore() throws Exception {
    names.answer("my_service", ALIVE);
    try (WebhookReceiver receiver = new WebhookReceiver()) {
      Attempt attempt = call("http://My_Service:" + receiver.port() + "/hook?a=b");

      assertThat(attempt.error()).isNull();
      WebhookReceiver.Call call = receiver.next();
      assertThat(call.header("Host")).isEqualTo("my_service:" + receiver.port());
      assertThat(call.path()).isEqualTo("/hook?a=b");
    }
  }

  private Attempt call(String url) throws Exception {
    JsonObject webhooks =
        new JsonObject()
            .put("allowHttp", true)
            .put("allowedCidrs", new JsonArray().add("127.0.0.0/8"))
            .put("trustedCertificates", certificates.file("ca.crt"))
            .put("nameServers", new JsonArray().add(names.address()));
    WebhooksConfig config =
        ConfigLoader.bind("test", new JsonObject().put("webhooks", webhooks), name -> null)
            .webhooks();
    Webhook webhook =
        new Webhook(
            1, new TenantId("t"), url, List.of(), new Secret("s"), true, 0, Duration.ofSeconds(30));
    SignedRequest request =
        SignedRequest.of(
            CallRequest.of(Deliveries.claimed(1, 1)),
            webhook,
            new BodyFormatter(LinkTemplate.NONE),
            Clock.systemUTC().instant());
    WebhookCaller caller =
        new WebhookCaller(vertx, new UrlGuard(vertx, config), Clock.systemUTC(), config);
    return get(caller.call(request));
  }

  private static <T> T get(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
  }
}
