package dev.switchboard.webhooks;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestTokens;
import dev.switchboard.support.Waiting;
import dev.switchboard.support.WebhookReceiver;
import dev.switchboard.support.WsClient;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Webhooks over days: health, notices about it, and the signatures of calls. */
@SuppressWarnings("NullAway.Init")
class WebhookLifeIT {
  @RegisterExtension static final Stores stores = new Stores();

  private static final String PATH = "/api/v1/webhooks";
  private static final int TENANT_RATE = 5;
  private static TestNode node;

  private final String tenant = "tenant-" + UUID.randomUUID().toString().substring(0, 8);
  private final String admin = TestTokens.user(tenant, "1", "admin");
  private final WebhookReceiver receiver = new WebhookReceiver();

  @BeforeAll
  static void startNode() {
    JsonObject config = TestNode.config(stores);
    config.getJsonObject("webhooks").put("maxTenantRate", TENANT_RATE);
    node = TestNode.start(config);
  }

  @AfterAll
  static void stopNode() {
    node.close();
  }

  @AfterEach
  void closeReceiver() {
    receiver.close();
  }

  @Test
  void noticesAboutWebhooksReachAdminsOfTheTenantAndWebhooksThatNameThem() {
    String stranger = "tenant-" + UUID.randomUUID().toString().substring(0, 8);
    try (WebhookReceiver notified = new WebhookReceiver();
        WsClient boss = WsClient.signIn(node, admin);
        WsClient supervisor = WsClient.signIn(node, TestTokens.user(tenant, "2", "supervisor"));
        WsClient agent = WsClient.signIn(node, TestTokens.user(tenant, "3", "agent"));
        WsClient other = WsClient.signIn(node, TestTokens.user(stranger, "1", "admin"))) {
      long rotated = create(receiver.url(), "*", new JsonObject()).getLong("id");
      long asking = create(notified.url(), "webhook.*", new JsonObject()).getLong("id");
      for (WsClient socket : List.of(boss, supervisor, agent, other)) {
        JsonObject unused =
            socket.subscribe(
                new JsonObject().put("events", new JsonArray().add("webhook.*").add("alert")));
      }

      HttpResponse<String> done = call("POST", "/" + rotated + "/rotate-secret", null);

      assertThat(done.statusCode()).as(done.body()).isEqualTo(200);
      JsonObject event = boss.next("webhook.secret_rotated");
      assertThat(event.getString("tenant_id")).isEqualTo(tenant);
      assertThat(event.getJsonObject("payload").getLong("webhook_id")).isEqualTo(rotated);
      assertThat(event.encode()).doesNotContain("whsec_");
      WebhookReceiver.Call call = notified.next();
      assertThat(call.header("X-Webhook-Event")).isEqualTo("webhook.secret_rotated");
      assertThat(call.header("X-Webhook-ID")).isEqualTo(Long.toString(asking));
      // A later event of the same log that everybody sees: all events before it have arrived.
      alert(tenant);
      alert(stranger);
      List.of(supervisor, agent, other).forEach(WebhookLifeIT::seesNothingBeforeTheAlert);
      assertThat(owedOrLogged(rotated, "alert")).isEqualTo("1");
      assertThat(owedOrLogged(rotated, "webhook.secret_rotated")).isEqualTo("0");
    }
  }

  private static void seesNothingBeforeTheAlert(WsClient socket) {
    String type = socket.next().getString("type");
    while (!type.equals("alert")) {
      assertThat(type).doesNotStartWith("webhook.");
      type = socket.next().getString("type");
    }
  }

  private static void alert(String tenant) {
    JsonObject unused =
        node.publish(
            new JsonObject()
                .put("tenant_id", tenant)
                .put("type", "alert")
                .put("payload", new JsonObject()));
  }

  @Test
  void webhookThatFailsForDaysIsDisabledUnlessAutoDisableIsOff() {
    try (WsClient boss = WsClient.signIn(node, admin)) {
      JsonObject once = new JsonObject().put("retry_count", 0);
      long hopeless = create(receiver.url(), "call.*", once).getLong("id");
      long stubborn =
          create(receiver.url(), "call.*", once.copy().put("auto_disable", false)).getLong("id");
      receiver.answer(500, 500, 500, 500);
      publish(2);
      Waiting.until(
          "both failures are noted",
          () ->
              health("count(*)", hopeless).equals("1") && health("count(*)", stubborn).equals("1"));
      for (long webhook : new long[] {hopeless, stubborn}) {
        stores
            .postgres()
            .execute(
                "UPDATE webhook_health SET failures = 9, failing_since = now() - interval '6 days'"
                    + " WHERE webhook_id = "
                    + webhook);
      }

      publish(2);

      JsonObject notice = boss.next("webhook.disabled").getJsonObject("payload");
      assertThat(notice.getLong("webhook_id")).isEqualTo(hopeless);
      assertThat(notice.getString("reason")).isEqualTo("it failed for 120 h");
      JsonObject off = read(hopeless);
      assertThat(off.getBoolean("is_active")).isFalse();
      assertThat(off.getString("disabled_reason")).isEqualTo("failing");
      Waiting.until(
          "the other's failure is noted", () -> health("failures > 9", stubborn).equals("t"));
      assertThat(read(stubborn).getBoolean("is_active")).isTrue();

      HttpResponse<String> on = call("PATCH", "/" + hopeless, "{\"is_active\":true}");

      assertThat(on.statusCode()).isEqualTo(200);
      assertThat(boss.next("webhook.enabled").getJsonObject("payload").getLong("webhook_id"))
          .isEqualTo(hopeless);
      assertThat(health("count(*)", hopeless)).isEqualTo("0");
    }
  }

  private static String health(String what, long webhook) {
    return stores
        .postgres()
        .value("SELECT " + what + " FROM webhook_health WHERE webhook_id = " + webhook);
  }

  @Test
  void callsOfATenantKeepItsRateOverAllItsWebhooks() {
    create(receiver.url(), "call.*", new JsonObject());
    create(receiver.url(), "call.*", new JsonObject());

    long started = System.nanoTime();
    for (int i = 0; i < 8; i++) {
      publish(2);
    }
    long last = started;
    for (int i = 0; i < 16; i++) {
      last = Math.max(last, receiver.next().at());
    }

    // Then: five at once, and eleven at five a second.
    assertThat(last - started).isGreaterThan(TimeUnit.SECONDS.toNanos(2));
  }

  /** The check uses no code of the server. */
  @Test
  void asymmetricSignatureIsVerifiedWithThePublicKeyAlone() throws Exception {
    JsonObject created = create(receiver.url(), "call.*", new JsonObject().put("ed25519", true));
    byte[] raw =
        Base64.getDecoder()
            .decode(created.getString("ed25519_public_key").substring("whpk_".length()));

    publish(1);

    WebhookReceiver.Call call = receiver.next();
    String signature =
        Arrays.stream(call.header("webhook-signature").split(" ", -1))
            .filter(one -> one.startsWith("v1a,"))
            .findFirst()
            .orElseThrow();
    ByteArrayOutputStream key = new ByteArrayOutputStream();
    key.writeBytes(HexFormat.of().parseHex("302a300506032b6570032100"));
    key.writeBytes(raw);
    Signature verifier = Signature.getInstance("Ed25519");
    verifier.initVerify(
        KeyFactory.getInstance("Ed25519")
            .generatePublic(new X509EncodedKeySpec(key.toByteArray())));
    verifier.update(
        (call.header("webhook-id") + "." + call.header("webhook-timestamp") + ".")
            .getBytes(StandardCharsets.UTF_8));
    verifier.update(call.body());
    assertThat(verifier.verify(Base64.getDecoder().decode(signature.substring("v1a,".length()))))
        .isTrue();
    assertThat(created.encode()).doesNotContain("whsk_");
  }

  @Test
  void previousSecretSignsForADay() {
    long webhook = create(receiver.url(), "call.*", new JsonObject()).getLong("id");
    JsonObject rotated =
        new JsonObject(call("POST", "/" + webhook + "/rotate-secret", null).body());
    Instant until = OffsetDateTime.parse(rotated.getString("previous_secret_until")).toInstant();
    assertThat(Duration.between(Instant.now(), until))
        .isBetween(Duration.ofHours(23), Duration.ofHours(24).plusMinutes(1));
    Waiting.until("both sign", () -> signatures() == 2);

    stores
        .postgres()
        .execute(
            "UPDATE webhooks SET previous_secret_until = now() - interval '1 second' WHERE id = "
                + webhook);

    Waiting.until("one signature is left", () -> signatures() == 1);
  }

  private int signatures() {
    publish(1);
    return receiver.next().header("webhook-signature").split(" ", -1).length;
  }

  @Test
  void rowWrittenByPlainSqlIsCheckedAtEveryCall() {
    long webhook = create(receiver.url(), "call.*", new JsonObject()).getLong("id");
    stores
        .postgres()
        .execute(
            "UPDATE webhooks SET url = 'http://169.254.169.254/latest/meta-data/' WHERE id = "
                + webhook);

    Waiting.until(
        "a call is refused",
        () -> {
          publish(1);
          return !logged("error LIKE 'ssrf%'", webhook).equals("0");
        });

    assertThat(logged("error LIKE 'ssrf%' AND outcome <> 'failed'", webhook)).isEqualTo("0");
    assertThat(logged("error LIKE 'ssrf%' AND response_code IS NOT NULL", webhook)).isEqualTo("0");
    assertThat(logged("attempt > 1", webhook)).isEqualTo("0");
  }

  /** The deliveries of an event are stored before anybody receives it. */
  private static String owedOrLogged(long webhook, String type) {
    return stores
        .postgres()
        .value(
            """
            SELECT count(DISTINCT event_id) FROM (
              SELECT event_id, event, webhook_id FROM webhook_deliveries
              UNION ALL
              SELECT event_id, event, webhook_id FROM webhook_logs) known
            WHERE webhook_id = %d AND event = '%s'"""
                .formatted(webhook, type));
  }

  private static String logged(String which, long webhook) {
    return stores
        .postgres()
        .value("SELECT count(*) FROM webhook_logs WHERE webhook_id = " + webhook + " AND " + which);
  }

  @CanIgnoreReturnValue
  private JsonObject create(String url, String events, JsonObject more) {
    JsonObject request =
        new JsonObject()
            .put("name", "test")
            .put("url", url)
            .put("events", new JsonArray().add(events))
            .mergeIn(more);
    HttpResponse<String> created = node.post(PATH, request.encode(), admin);
    assertThat(created.statusCode()).as(created.body()).isEqualTo(201);
    return new JsonObject(created.body());
  }

  private JsonObject read(long webhook) {
    return new JsonObject(node.get(PATH + "/" + webhook, admin).body());
  }

  private HttpResponse<String> call(String method, String path, @Nullable String body) {
    return node.call(method, PATH + path, body, "Authorization", "Bearer " + admin);
  }

  private void publish(int deliveries) {
    JsonObject accepted =
        node.publish(
            new JsonObject()
                .put("tenant_id", tenant)
                .put("type", "call.incoming")
                .put("payload", new JsonObject()));
    assertThat(accepted.getInteger("deliveries")).isEqualTo(deliveries);
  }
}
