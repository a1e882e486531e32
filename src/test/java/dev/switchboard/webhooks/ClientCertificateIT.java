package dev.switchboard.webhooks;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.switchboard.support.Stores;
import dev.switchboard.support.TestCertificates;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestTokens;
import dev.switchboard.support.Waiting;
import io.vertx.core.Vertx;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Webhooks with a client certificate, and receivers that want one. */
@SuppressWarnings("NullAway.Init")
class ClientCertificateIT {
  @RegisterExtension static final Stores stores = new Stores();

  private static final String PATH = "/api/v1/webhooks";
  private static Vertx vertx;
  private static TestCertificates trusted;
  private static TestCertificates strange;
  private static TestNode node;

  private final String tenant = "tenant-" + UUID.randomUUID().toString().substring(0, 8);
  private final WebhookTable webhooks = new WebhookTable(stores, tenant);

  /** The names of the callers' certificates, one for each call. */
  private final List<String> callers = new CopyOnWriteArrayList<>();

  @BeforeAll
  static void startNode() {
    vertx = Vertx.vertx();
    trusted = new TestCertificates();
    trusted.signFormerClient();
    trusted.signClient("renewed");
    strange = new TestCertificates();
    JsonObject config = TestNode.config(stores);
    config
        .getJsonObject("webhooks")
        .put("trustedCertificates", trusted.file("ca.crt"))
        .put("allowedCidrs", new JsonArray().add("127.0.0.0/8").add("::1/128"));
    config.put(
        "encryption",
        new JsonObject().put("keys", "one:QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE="));
    node = TestNode.start(config);
  }

  @AfterAll
  static void stopNode() throws Exception {
    node.close();
    Object unused =
        vertx.close().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void callsPresentTheCertificateUntilANewOneTakesItsPlace(boolean http2) throws Exception {
    JsonObject created = saved(201, create(url(http2), certificate("client"), key("client")));
    String one = PATH + "/" + created.getLong("id");

    publish();

    Waiting.until("a call presents the certificate", () -> callers.contains("CN=client"));
    saved(200, patch(one, pair(certificate("renewed"), key("renewed"))));
    callers.clear();
    publish();
    Waiting.until("a call presents the new one", () -> callers.contains("CN=renewed"));
    saved(200, patch(one, new JsonObject().put("name", "renamed")));
    callers.clear();
    publish();
    Waiting.until("another change keeps it", () -> callers.contains("CN=renewed"));
    JsonObject removed = saved(200, patch(one, new JsonObject().putNull("client_certificate")));
    assertThat(removed.getValue("client_certificate_info")).isNull();
    assertThat(test(one)).contains("tls: the receiver wants a client certificate");
  }

  @Test
  void certificateAndKeyAreSealedAndNeverShown() throws Exception {
    HttpResponse<String> answer = create(url(true), certificate("client"), key("client"));

    JsonObject created = saved(201, answer);
    String one = PATH + "/" + created.getLong("id");
    assertThat(created.getString("client_certificate")).isEqualTo("***");
    assertThat(created.getString("client_key")).isEqualTo("***");
    assertThat(created.getJsonObject("client_certificate_info").getString("subject"))
        .isEqualTo("CN=client");
    String all = answer.body() + node.get(one, TestTokens.service()).body();
    assertThat(all).doesNotContain("BEGIN", key("client").substring(40, 80));
    assertThat(
            stores
                .postgres()
                .query(
                    "SELECT left(client_certificate, 11), left(client_key, 11) FROM webhooks"
                        + " WHERE id = "
                        + created.getLong("id")))
        .containsExactly(List.of("enc:v1:one:", "enc:v1:one:"));
  }

  @Test
  void whatCannotBeUsedIsRefusedWithWords() throws Exception {
    String url = url(true);
    String key = key("client");
    String certificate = certificate("client");

    assertRefused(create(url, certificate, key("renewed")), "/client_key", "is not the key");
    assertRefused(
        create(url, certificate("former"), key("former")), "/client_certificate", "expired on");
    assertRefused(create(url, certificate, null), "/client_key", "together");
    assertRefused(create(url, null, key), "/client_certificate", "together");
    assertRefused(create(url, "mine", key), "/client_certificate", "PEM");
    assertRefused(create(url, certificate, "mine"), "/client_key", "PKCS #8");
    assertRefused(create(url, certificate + key, key), "/client_certificate", "nothing else");
    assertRefused(
        create(url, certificate, key.replace("BEGIN PRIVATE", "BEGIN RSA PRIVATE")),
        "/client_key",
        "openssl");
    assertRefused(
        create(url.replace("https", "http"), certificate, key), "/client_certificate", "https");
  }

  @Test
  void anotherHostNeedsTheCertificateAgain() throws Exception {
    JsonObject created = saved(201, create(url(true), certificate("client"), key("client")));
    String one = PATH + "/" + created.getLong("id");
    JsonObject other =
        new JsonObject().put("url", "https://127.0.0.1:9/").put("secret", "your-secret-key");

    assertRefused(patch(one, other), "/client_certificate", "again");

    saved(200, patch(one, other.copy().mergeIn(pair(certificate("client"), key("client")))));
    saved(
        200,
        patch(one, other.copy().put("url", "https://127.0.0.1:8/").putNull("client_certificate")));
  }

  @Test
  void expiredAndForeignCertificatesAreReported() throws Exception {
    long former = webhooks.insert(url(true), columns("former", trusted));
    long foreign = webhooks.insert(url(false), columns("client", strange));
    long broken =
        webhooks.insert(
            url(true), "retry_count = 0, client_certificate = 'mine', client_key = 'mine'");

    Waiting.until("the node knows every webhook", () -> publish() == 3);

    awaitError(former, "refused the webhook's client certificate, which expired on");
    awaitError(foreign, "or wants one of another authority");
    awaitError(broken, "malformed: client_certificate: must be certificates in PEM form");
    assertThat(problems(former)).contains("/client_certificate", "expired on");
    assertThat(problems(foreign)).contains("/client_certificate", "expires on");
    assertThat(problems(broken)).contains("/client_certificate", "PEM");
    assertThat(callers).isEmpty();
  }

  private static String columns(String name, TestCertificates authority) throws IOException {
    return "retry_count = 0, client_certificate = '"
        + read(authority, name + ".crt")
        + "', client_key = '"
        + read(authority, name + ".key")
        + "'";
  }

  private void awaitError(long webhook, String text) {
    Waiting.until(
        "an attempt of " + webhook + " is logged",
        () -> !webhooks.attempts(webhook, "id").isEmpty());
    assertThat(webhooks.attempts(webhook, "error"))
        .allSatisfy(error -> assertThat(error).contains(text));
  }

  private static String problems(long webhook) {
    return new JsonObject(node.get(PATH + "/" + webhook, TestTokens.service()).body())
        .getJsonArray("problems")
        .encode();
  }

  private static void assertRefused(HttpResponse<String> answer, String pointer, String text) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
    assertThat(answer.body()).contains(pointer, text).doesNotContain("BEGIN PRIVATE KEY-----\\n");
  }

  @CanIgnoreReturnValue
  private static JsonObject saved(int status, HttpResponse<String> answer) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    return new JsonObject(answer.body());
  }

  private HttpResponse<String> create(
      String url, @Nullable String certificate, @Nullable String key) {
    JsonObject webhook =
        new JsonObject().put("tenant_id", tenant).put("name", "mine").put("url", url);
    if (certificate != null) {
      webhook.put("client_certificate", certificate);
    }
    if (key != null) {
      webhook.put("client_key", key);
    }
    return node.post(PATH, webhook.encode(), TestTokens.service());
  }

  private static JsonObject pair(String certificate, String key) {
    return new JsonObject().put("client_certificate", certificate).put("client_key", key);
  }

  private static HttpResponse<String> patch(String path, JsonObject changes) {
    return node.call(
        "PATCH", path, changes.encode(), "Authorization", "Bearer " + TestTokens.service());
  }

  private static String test(String path) {
    return node.post(path + "/test", "", TestTokens.service()).body();
  }

  private static String certificate(String name) throws IOException {
    return read(trusted, name + ".crt");
  }

  private static String key(String name) throws IOException {
    return read(trusted, name + ".key");
  }

  private static String read(TestCertificates authority, String file) throws IOException {
    return Files.readString(Path.of(authority.file(file)));
  }

  /** The URL of a receiver that accepts only callers with a certificate of the authority. */
  private String url(boolean http2) throws Exception {
    HttpServerOptions options =
        new HttpServerOptions()
            .setHost("127.0.0.1")
            .setPort(0)
            .setSsl(true)
            .setUseAlpn(http2)
            .setClientAuth(ClientAuth.REQUIRED)
            .setTrustOptions(new PemTrustOptions().addCertPath(trusted.file("ca.crt")))
            .setKeyCertOptions(
                new PemKeyCertOptions()
                    .setCertPath(trusted.file("server.crt"))
                    .setKeyPath(trusted.file("server.key")));
    int port =
        vertx
            .createHttpServer(options)
            .requestHandler(
                request -> {
                  callers.add(caller(request.connection().sslSession()));
                  request.body().compose(body -> request.response().end()).onFailure(gone -> {});
                })
            .listen()
            .toCompletionStage()
            .toCompletableFuture()
            .get(20, TimeUnit.SECONDS)
            .actualPort();
    return "https://127.0.0.1:" + port + "/";
  }

  private static String caller(SSLSession session) {
    try {
      return ((X509Certificate) session.getPeerCertificates()[0])
          .getSubjectX500Principal()
          .getName();
    } catch (SSLPeerUnverifiedException none) {
      return "none";
    }
  }

  @CanIgnoreReturnValue
  private int publish() {
    return node.publish(
            new JsonObject()
                .put("tenant_id", tenant)
                .put("type", "call.incoming")
                .put("payload", new JsonObject()))
        .getInteger("deliveries");
  }
}
