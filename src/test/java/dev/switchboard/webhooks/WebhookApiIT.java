package dev.switchboard.webhooks;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import com.standardwebhooks.Webhook;
import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestTokens;
import dev.switchboard.support.Waiting;
import dev.switchboard.support.WebhookReceiver;
import dev.switchboard.webhooks.signing.Signature;
import dev.switchboard.webhooks.signing.WebhookVerifier;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The API of webhooks, and what its options do to deliveries. */
@SuppressWarnings("NullAway.Init")
class WebhookApiIT {
  @RegisterExtension static final Stores stores = new Stores();

  private static final String PATH = "/api/v1/webhooks";
  private static TestNode node;

  private final String tenant = "tenant-" + UUID.randomUUID().toString().substring(0, 8);
  private final String admin = TestTokens.user(tenant, "1", "admin");
  private final WebhookReceiver receiver = new WebhookReceiver();

  @BeforeAll
  static void startNode() {
    node = TestNode.start(TestNode.config(stores));
  }

  @AfterAll
  static void stopNode() {
    node.close();
  }

  @AfterEach
  void closeReceiver() {
    receiver.close();
  }

  @ParameterizedTest
  @CsvSource({"failed, GET", "preview, POST", "test, POST"})
  void nameInThePlaceOfAnIdHasItsOwnMethodsOnly(String name, String method) {
    HttpResponse<String> answer =
        node.call(
            "PUT",
            "/api/v1/webhooks/" + name,
            "{}",
            "Authorization",
            "Bearer " + TestTokens.service());

    assertThat(answer.statusCode()).isEqualTo(405);
    assertThat(answer.headers().firstValue("Allow").orElse("")).contains(method);
    assertThat(answer.headers().firstValue("Allow").orElse("")).doesNotContain("PUT");
  }

  @Test
  void createdWebhookShowsItsGeneratedSecretOnceAndGetsSignedCalls() throws Exception {
    JsonObject created = create(new JsonObject());

    String secret = created.getString("secret");
    assertThat(secret).startsWith("whsec_");
    HttpResponse<String> read = call("GET", "/" + created.getLong("id"), null);
    assertThat(read.body()).doesNotContain(secret).contains("\"has_secret\":true");
    publish("call.incoming", new JsonObject().put("caller_id", "+1"));
    verify(secret, receiver.next());
  }

  @Test
  void faultsAreAllListedWithPointers() {
    HttpResponse<String> refused =
        call(
            "POST",
            "",
            new JsonObject()
                .put("name", "x")
                .put("url", receiver.url())
                .put("events", new JsonArray().add("Call"))
                .put("timeout", 0)
                .put("headers", new JsonObject().put("Host", "evil"))
                .put("filter", new JsonObject().put("a", new JsonObject().put("$like", 1)))
                .put("colour", "red"));

    assertThat(refused.statusCode()).isEqualTo(400);
    JsonObject problem = new JsonObject(refused.body());
    assertThat(problem.getString("type")).isEqualTo("/problems/invalid-webhook");
    assertThat(
            problem.getJsonArray("errors").stream()
                .map(error -> ((JsonObject) error).getString("pointer")))
        .containsExactlyInAnyOrder("/events/0", "/timeout", "/headers/Host", "/filter", "/colour");
  }

  @Test
  void urlOfAnInternalAddressIsRefusedWhenSavedChangedAndTested() {
    JsonObject created = create(new JsonObject());
    JsonObject inward = new JsonObject().put("url", "http://169.254.169.254/latest");

    HttpResponse<String> saved = call("POST", "", webhook(inward));
    HttpResponse<String> changed = call("PATCH", "/" + created.getLong("id"), inward);
    JsonObject tested = ok(call("POST", "/test", inward.copy().put("secret", "s")), 200);

    assertThat(saved.statusCode()).isEqualTo(400);
    assertThat(saved.body()).contains("/problems/url-refused");
    assertThat(changed.statusCode()).isEqualTo(400);
    assertThat(tested.getString("error")).startsWith("ssrf_blocked:");
    assertThat(tested.getInteger("status")).isNull();
  }

  @Test
  void webhookOfAnotherTenantIsNotFound() {
    JsonObject created = create(new JsonObject());
    String stranger = TestTokens.user("tenant-other", "1", "admin");
    String path = PATH + "/" + created.getLong("id");

    for (String method : List.of("GET", "DELETE")) {
      assertThat(node.call(method, path, null, "Authorization", "Bearer " + stranger).statusCode())
          .isEqualTo(404);
    }
    assertThat(new JsonObject(node.get(path, stranger).body()).getString("detail"))
        .as("the answer does not reveal that it exists")
        .isEqualTo(
            new JsonObject(node.get(PATH + "/999999999", stranger).body()).getString("detail"));
    assertThat(node.get(PATH, TestTokens.user(tenant, "2")).statusCode()).isEqualTo(403);
    assertThat(new JsonObject(node.get(PATH, stranger).body()).getJsonArray("webhooks")).isEmpty();
    assertThat(
            node.post(PATH, webhook(new JsonObject()).encode(), TestTokens.service()).statusCode())
        .isEqualTo(400);
  }

  @Test
  void anotherHostNeedsTheSecretAndTheHeadersAgain() {
    JsonObject headers = new JsonObject().put("X-Token", "hidden").put("X-Other", "hidden");
    String path = "/" + create(new JsonObject().put("headers", headers)).getLong("id");
    String supervisor = TestTokens.user(tenant, "2", "supervisor");
    try (WebhookReceiver other = new WebhookReceiver()) {
      JsonObject whole = new JsonObject(node.get(PATH + path, supervisor).body());
      List<HttpResponse<String>> refused =
          List.of(
              asUser(supervisor, "PATCH", path, new JsonObject().put("url", other.url())),
              asUser(supervisor, "PUT", path, whole.copy().put("url", other.url())));

      for (HttpResponse<String> answer : refused) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
        assertThat(pointers(answer))
            .containsExactlyInAnyOrder("/secret", "/headers/X-Token", "/headers/X-Other");
      }
      assertThat(
              pointers(
                  asUser(
                      supervisor,
                      "PATCH",
                      path,
                      new JsonObject()
                          .put("url", other.url())
                          .put("secret", "fresh")
                          .put("headers", new JsonObject().put("X-Token", "fresh")))))
          .containsExactly("/headers/X-Other");
      publish("call.incoming", new JsonObject());
      assertThat(receiver.next().header("X-Token")).isEqualTo("hidden");
      assertThat(other.unread()).isZero();
    }
  }

  @Test
  void anotherHostGetsOnlyWhatIsGivenForIt() {
    JsonObject headers = new JsonObject().put("X-Token", "hidden").put("X-Other", "hidden");
    String path = "/" + create(new JsonObject().put("headers", headers)).getLong("id");
    try (WebhookReceiver other = new WebhookReceiver()) {
      JsonObject change =
          new JsonObject()
              .put("url", other.url())
              .put("secret", "fresh")
              .put("headers", new JsonObject().put("X-Token", "fresh").putNull("X-Other"));

      JsonObject moved = ok(call("PATCH", path, change), 200);

      assertThat(moved.getString("url")).isEqualTo(other.url());
      publish("call.incoming", new JsonObject());
      WebhookReceiver.Call call = other.next();
      assertThat(call.header("X-Token")).isEqualTo("fresh");
      assertThat(call.headers()).doesNotContainKey("X-other");
      assertThat(call.header("X-Webhook-Signature"))
          .isEqualTo(Signature.legacy("fresh", call.body()));
    }
  }

  @Test
  void anotherPathOfTheSameHostKeepsTheSecretAndTheHeaders() {
    JsonObject headers = new JsonObject().put("X-Token", "hidden");
    JsonObject created = create(new JsonObject().put("headers", headers));
    String url = receiver.url() + "?moved=1";

    JsonObject change = new JsonObject().put("url", url.replace("http://", "HTTP://"));
    JsonObject moved = ok(call("PATCH", "/" + created.getLong("id"), change), 200);

    assertThat(moved.getBoolean("has_secret")).isTrue();
    publish("call.incoming", new JsonObject());
    assertThat(receiver.next().header("X-Token")).isEqualTo("hidden");
  }

  private static List<String> pointers(HttpResponse<String> refused) {
    assertThat(refused.statusCode()).as(refused.body()).isEqualTo(400);
    return new JsonObject(refused.body())
        .getJsonArray("errors").stream()
            .map(error -> ((JsonObject) error).getString("pointer"))
            .toList();
  }

  @Test
  void changeWithAnOldEntityTagIsRefused() {
    JsonObject created = create(new JsonObject().put("headers", new JsonObject().put("X-A", "1")));
    String path = PATH + "/" + created.getLong("id");
    String tag = node.get(path, admin).headers().firstValue("ETag").orElseThrow();

    HttpResponse<String> first = conditional("PATCH", path, tag, "{\"name\":\"second\"}");
    HttpResponse<String> second = conditional("PATCH", path, tag, "{\"name\":\"third\"}");

    assertThat(first.statusCode()).isEqualTo(200);
    assertThat(second.statusCode()).isEqualTo(412);
    assertThat(conditional("DELETE", path, tag, null).statusCode()).isEqualTo(412);
    JsonObject now = new JsonObject(node.get(path, admin).body());
    assertThat(now.getString("name")).isEqualTo("second");
    assertThat(now.getJsonObject("headers")).isEqualTo(new JsonObject().put("X-A", "***"));
    publish("call.incoming", new JsonObject());
    assertThat(receiver.next().header("X-A")).isEqualTo("1");
  }

  @Test
  void changesWithoutAConditionAreAllMadeWhenTheyComeAtOnce() {
    JsonObject created = create(new JsonObject());
    String path = "/" + created.getLong("id");
    List<JsonObject> changes =
        List.of(
            new JsonObject().put("name", "other"),
            new JsonObject().put("timeout", 7),
            new JsonObject().put("retry_count", 2),
            new JsonObject().put("events", new JsonArray().add("chat.*")));

    List<CompletableFuture<HttpResponse<String>>> answers =
        changes.stream()
            .map(change -> CompletableFuture.supplyAsync(() -> call("PATCH", path, change)))
            .toList();

    answers.forEach(answer -> assertThat(answer.join().statusCode()).isEqualTo(200));
    JsonObject now = ok(call("GET", path, null), 200);
    changes.forEach(
        change ->
            change.forEach(
                member -> assertThat(now.getValue(member.getKey())).isEqualTo(member.getValue())));
  }

  @Test
  void unknownMembersOfARequestAreRefused() {
    String path = "/" + create(new JsonObject()).getLong("id");

    for (String request : List.of("/rotate-secret", "/recover")) {
      HttpResponse<String> refused = call("POST", path + request, new JsonObject().put("secrt", 1));

      assertThat(refused.statusCode()).as(refused.body()).isEqualTo(400);
      assertThat(refused.body()).contains("\"/secrt\"", "is unknown");
    }
  }

  @Test
  void rotationWithoutAnEarlierSecretLeavesNoneThatSigns() {
    JsonObject created = create(new JsonObject());
    String path = "/" + created.getLong("id");
    JsonObject unused = ok(call("PATCH", path, new JsonObject().putNull("secret")), 200);

    JsonObject rotated = ok(call("POST", path + "/rotate-secret", null), 200);

    assertThat(rotated.getString("secret")).isNotEmpty();
    assertThat(rotated.getValue("previous_secret_until")).isNull();
  }

  @Test
  void webhooksWithLargeIdsArePaged() {
    long first = 3_000_000_000L + ThreadLocalRandom.current().nextLong(1_000_000_000_000L);
    for (long id = first; id < first + 2; id++) {
      stores
          .postgres()
          .execute(
              "INSERT INTO webhooks (id, tenant_id, name, url, events) OVERRIDING SYSTEM VALUE"
                  + " VALUES ("
                  + id
                  + ", '"
                  + tenant
                  + "', 'large', 'https://receiver.example/', '[\"call.*\"]')");
    }

    JsonObject page = ok(call("GET", "?limit=1", null), 200);
    JsonObject rest = ok(call("GET", "?limit=1&after=" + page.getLong("next"), null), 200);

    assertThat(page.getLong("next")).isEqualTo(first);
    assertThat(rest.getJsonArray("webhooks").getJsonObject(0).getLong("id")).isEqualTo(first + 1);
  }

  @Test
  void urlOfARowThatCannotBeCalledIsListedAsAProblem() {
    stores
        .postgres()
        .execute(
            "INSERT INTO webhooks (tenant_id, name, url, events) VALUES ('"
                + tenant
                + "', 'a', 'https://receiver.example/ ', '[\"call.*\"]'), ('"
                + tenant
                + "', 'b', 'https://me@receiver.example/', '[\"call.*\"]')");

    JsonArray webhooks = ok(call("GET", "", null), 200).getJsonArray("webhooks");

    assertThat(webhooks)
        .hasSize(2)
        .allSatisfy(
            webhook ->
                assertThat(((JsonObject) webhook).getJsonArray("problems").encode())
                    .contains("\"/url\""));
  }

  @Test
  void contentTypeOfARowThatCannotBeSentIsListedAsAProblem() {
    stores
        .postgres()
        .execute(
            "INSERT INTO webhooks (tenant_id, name, url, events, format, template, content_type,"
                + " retry_count) VALUES ('"
                + tenant
                + "', 'a', '"
                + receiver.url()
                + "', '[\"call.*\"]', 'template', 'text', E'text/plain\\nX: y', 0)");
    JsonObject webhook = ok(call("GET", "", null), 200).getJsonArray("webhooks").getJsonObject(0);

    assertThat(webhook.getJsonArray("problems").encode())
        .contains("\"/template\"", "content_type with control characters");
  }

  /** A receiver may sign the parsed body printed again by JavaScript. */
  @Test
  void testCallSendsThePayloadInTheFormOfADelivery() {
    JsonObject created = create(new JsonObject());
    JsonObject payload = new JsonObject("{\"price\":1.0,\"n\":1e21}");

    JsonObject unused =
        ok(
            call(
                "POST",
                "/" + created.getLong("id") + "/test",
                new JsonObject().put("payload", payload)),
            200);

    assertThat(receiver.next().text()).contains("{\"price\":1,\"n\":1e+21}");
  }

  @Test
  void payloadFilterSelectsTheDeliveriesOfAnEvent() {
    create(
        new JsonObject()
            .put(
                "filter",
                new JsonObject()
                    .put("queue_name", "support")
                    .put("waited", new JsonObject().put("$gte", 30))));

    int unwanted = publish("call.incoming", new JsonObject().put("queue_name", "sales"), 0);
    int wanted =
        publish(
            "call.incoming", new JsonObject().put("queue_name", "support").put("waited", 30.5), 1);

    assertThat(unwanted).isZero();
    assertThat(wanted).isEqualTo(1);
    assertThat(receiver.next().text()).contains("30.5");
  }

  @Test
  void filterWithTooManyValuesIsRefusedWithTheLimit() {
    JsonArray many = new JsonArray(IntStream.range(0, 12_000).mapToObj(n -> "v" + n).toList());
    JsonObject filter = new JsonObject().put("caller", new JsonObject().put("$in", many));

    HttpResponse<String> refused =
        call("POST", "", webhook(new JsonObject().put("filter", filter)));

    assertThat(refused.statusCode()).as(refused.body()).isEqualTo(400);
    assertThat(refused.body()).contains("\"/filter\"", "more than 2000 values");
    assertThat(publish("call.incoming", new JsonObject().put("caller", "v1"), 0)).isZero();
  }

  @Test
  void longestAllowedListOfAFilterSelects() {
    JsonArray many = new JsonArray(IntStream.range(0, 2_000).mapToObj(n -> "v" + n).toList());
    create(
        new JsonObject()
            .put("filter", new JsonObject().put("caller", new JsonObject().put("$in", many))));

    assertThat(publish("call.incoming", new JsonObject().put("caller", "w"), 0)).isZero();
    publish("call.incoming", new JsonObject().put("caller", "v1999"));

    assertThat(receiver.next().text()).contains("v1999");
  }

  @Test
  void testCallReportsTheResponseAndTheSignedContent() {
    JsonObject created = create(new JsonObject());
    receiver.answer(204);

    JsonObject report = ok(call("POST", "/" + created.getLong("id") + "/test", null), 200);

    assertThat(report.getBoolean("ok")).isTrue();
    assertThat(report.getInteger("status")).isEqualTo(204);
    WebhookReceiver.Call call = receiver.next();
    assertThat(call.header("X-Webhook-Event")).isEqualTo("webhook.test");
    assertThat(report.getJsonObject("signed").getString("X-Webhook-Signature"))
        .isEqualTo(call.text());
    assertThat(report.getJsonObject("signed").getString("webhook-signature"))
        .isEqualTo(
            call.header("webhook-id") + "." + call.header("webhook-timestamp") + "." + call.text());
  }

  @Test
  void bothSecretsSignForADayAfterARotation() throws Exception {
    JsonObject created = create(new JsonObject());

    JsonObject rotated =
        ok(call("POST", "/" + created.getLong("id") + "/rotate-secret", null), 200);

    String fresh = rotated.getString("secret");
    assertThat(fresh).isNotEqualTo(created.getString("secret"));
    Waiting.until(
        "both sign",
        () -> {
          publish("call.incoming", new JsonObject());
          return receiver.next().header("webhook-signature").contains(" ");
        });
    publish("call.incoming", new JsonObject());
    WebhookReceiver.Call call = receiver.next();
    verify(created.getString("secret"), call);
    verify(fresh, call);
    assertThat(call.header("X-Webhook-Signature")).isEqualTo(Signature.legacy(fresh, call.body()));
    assertThat(WebhookVerifier.legacy(fresh).verifies(call.body(), call.headers()::getFirst))
        .isTrue();
  }

  @Test
  void deliveriesThatWaitDuringARotationAreSignedWithBothSecrets() throws Exception {
    JsonObject created = create(new JsonObject().put("retry_schedule", new JsonArray().add(3)));
    receiver.answer(500);
    publish("call.incoming", new JsonObject());
    WebhookReceiver.Call before = receiver.next();

    JsonObject rotated =
        ok(call("POST", "/" + created.getLong("id") + "/rotate-secret", null), 200);

    WebhookReceiver.Call after = receiver.next();
    assertThat(after.header("X-Webhook-Attempt")).isEqualTo("2");
    assertThat(after.body()).isEqualTo(before.body());
    assertThat(after.header("webhook-id")).isEqualTo(before.header("webhook-id"));
    verify(created.getString("secret"), after);
    verify(rotated.getString("secret"), after);
    assertThat(after.header("X-Webhook-Signature"))
        .isEqualTo(Signature.legacy(rotated.getString("secret"), after.body()));
  }

  @Test
  void logsArePagedFilteredAndCounted() {
    JsonObject created = create(new JsonObject().put("retry_schedule", new JsonArray().add(0.05)));
    receiver.answer(500, 200, 404, 200);
    for (int i = 0; i < 3; i++) {
      publish("call.incoming", new JsonObject().put("n", i));
      WebhookReceiver.Call unused = receiver.next();
    }
    WebhookReceiver.Call retried = receiver.next();
    String path = "/" + created.getLong("id");
    Waiting.until("four attempts are logged", () -> logs(path + "/logs").size() == 4);

    JsonObject page = ok(call("GET", path + "/logs?limit=3", null), 200);
    JsonObject rest =
        ok(call("GET", path + "/logs?limit=3&cursor=" + page.getString("next"), null), 200);

    assertThat(retried.header("X-Webhook-Attempt")).matches("[12]");
    assertThat(page.getJsonArray("logs")).hasSize(3);
    assertThat(rest.getJsonArray("logs")).hasSize(1);
    assertThat(rest.getString("next")).isNull();
    assertThat(logs(path + "/logs?status=failed").getJsonObject(0).getInteger("response_code"))
        .isEqualTo(404);
    assertThat(logs(path + "/logs?error=http_5xx")).hasSize(1);
    assertThat(logs("/failed")).hasSize(1);
    JsonObject stats = ok(call("GET", path + "/stats", null), 200);
    assertThat(stats.getInteger("attempts")).isEqualTo(4);
    assertThat(stats.getDouble("success_rate")).isEqualTo(50.0);
    assertThat(stats.getJsonObject("duration_ms").getInteger("p99")).isNotNegative();
    assertThat(stats.getJsonArray("by_hour")).hasSizeBetween(1, 2);
  }

  @Test
  void failedDeliveryIsRedeliveredWithTheSameIdAndBody() {
    JsonObject created = create(new JsonObject());
    String path = "/" + created.getLong("id");
    receiver.answer(400, 400);
    publish("call.incoming", new JsonObject().put("text", "g\u00fcnstig \u0000 \ud83d\ude00"));
    WebhookReceiver.Call first = receiver.next();
    Waiting.until("the first is given up", () -> logs("/failed").size() == 1);
    publish("call.incoming", new JsonObject());
    WebhookReceiver.Call second = receiver.next();
    Waiting.until("both are given up", () -> logs("/failed").size() == 2);
    long log = logs("/failed").getJsonObject(1).getLong("id");

    JsonObject again = ok(call("POST", "/logs/" + log + "/redeliver", null), 202);

    WebhookReceiver.Call redelivered = receiver.next();
    assertThat(again.getLong("delivery_id")).isPositive();
    assertThat(redelivered.body()).isEqualTo(first.body());
    assertThat(redelivered.header("webhook-id")).isEqualTo(first.header("webhook-id"));
    assertThat(redelivered.header("X-Webhook-Attempt")).isEqualTo("2");
    Waiting.until("it is logged", () -> logs(path + "/logs").size() == 3);
    JsonObject recovered =
        ok(
            call("POST", path + "/recover", new JsonObject().put("since", "2020-01-01T00:00:00Z")),
            202);
    assertThat(recovered.getInteger("queued")).isEqualTo(1);
    assertThat(receiver.next().body()).isEqualTo(second.body());
  }

  @Test
  void answer410DisablesTheWebhook() {
    JsonObject created = create(new JsonObject());
    receiver.answer(410);

    publish("call.incoming", new JsonObject());

    String path = "/" + created.getLong("id");
    Waiting.until("it is off", () -> !ok(call("GET", path, null), 200).getBoolean("is_active"));
    assertThat(ok(call("GET", path, null), 200).getString("disabled_reason")).isEqualTo("gone");
    JsonObject on = ok(call("PATCH", path, new JsonObject().put("is_active", true)), 200);
    assertThat(on.getString("disabled_reason")).isNull();
  }

  @Test
  void deliveriesOfOneKeyGoOneAfterTheOther() {
    create(
        new JsonObject()
            .put("ordering", "strict")
            .put("order_by", "/call")
            .put("retry_schedule", new JsonArray().add(3).add(0.3)));
    receiver.answer(500, 200, 500);

    publish("call.incoming", new JsonObject().put("call", "a").put("n", 1));
    WebhookReceiver.Call failed = receiver.next();
    publish("call.ended", new JsonObject().put("call", "b").put("n", 2));
    publish("call.ended", new JsonObject().put("call", "a").put("n", 3));

    assertThat(failed.text()).contains("\"n\":1");
    assertThat(receiver.next().text()).contains("\"n\":2");
    assertThat(receiver.next().text()).contains("\"n\":1");
    assertThat(receiver.next().text()).contains("\"n\":1");
    assertThat(receiver.next().text()).contains("\"n\":3");
  }

  private static void verify(String secret, WebhookReceiver.Call call) throws Exception {
    new Webhook(secret)
        .verify(call.text(), HttpHeaders.of(Map.copyOf(call.headers()), (name, value) -> true));
  }

  private JsonArray logs(String path) {
    return ok(call("GET", path, null), 200).getJsonArray("logs");
  }

  private JsonObject webhook(JsonObject more) {
    return new JsonObject()
        .put("name", "test")
        .put("url", receiver.url())
        .put("events", new JsonArray().add("call.*"))
        .mergeIn(more);
  }

  @CanIgnoreReturnValue
  private JsonObject create(JsonObject more) {
    return ok(call("POST", "", webhook(more)), 201);
  }

  private HttpResponse<String> call(String method, String path, @Nullable JsonObject body) {
    return asUser(admin, method, path, body);
  }

  private static HttpResponse<String> asUser(
      String token, String method, String path, @Nullable JsonObject body) {
    return node.call(
        method,
        PATH + path,
        body == null ? null : body.encode(),
        "Authorization",
        "Bearer " + token);
  }

  private HttpResponse<String> conditional(
      String method, String path, String tag, @Nullable String body) {
    return node.call(method, path, body, "Authorization", "Bearer " + admin, "If-Match", tag);
  }

  private static JsonObject ok(HttpResponse<String> response, int status) {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    return new JsonObject(response.body());
  }

  private void publish(String type, JsonObject payload) {
    assertThat(publish(type, payload, 1)).isEqualTo(1);
  }

  private int publish(String type, JsonObject payload, int expected) {
    int deliveries =
        node.publish(
                new JsonObject().put("tenant_id", tenant).put("type", type).put("payload", payload))
            .getInteger("deliveries");
    assertThat(deliveries).isEqualTo(expected);
    return deliveries;
  }
}
