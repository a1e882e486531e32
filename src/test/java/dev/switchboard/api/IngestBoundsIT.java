package dev.switchboard.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestTokens;
import dev.switchboard.support.Waiting;
import dev.switchboard.support.WsClient;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a node takes on at once and remembers, and what it says when an answer is not known. */
class IngestBoundsIT {
  @RegisterExtension static final Stores stores = new Stores();

  private static final int MAX_IN_FLIGHT = 2;
  private static final int MIN_REMEMBERED = 1_000;

  private static TestNode node;

  @BeforeAll
  static void start() {
    JsonObject config = TestNode.config(stores);
    config.put(
        "ingest",
        new JsonObject().put("maxInFlight", MAX_IN_FLIGHT).put("maxRememberedIds", MIN_REMEMBERED));
    config.getJsonObject("redis").put("timeout", "2s");
    node = TestNode.start(config);
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  private static JsonObject event(String tenant, String id) {
    return new JsonObject()
        .put("tenant_id", tenant)
        .put("type", "alert")
        .put("event_id", id)
        .put("payload", 1);
  }

  private static JsonArray events(String tenant, int from, int count) {
    JsonArray events = new JsonArray();
    IntStream.range(from, from + count).forEach(i -> events.add(event(tenant, "e" + i)));
    return events;
  }

  private static HttpResponse<String> publish(String body) {
    return node.post("/api/v1/events", body, TestTokens.service());
  }

  private static JsonArray logged(String tenant) {
    return new JsonObject(
            node.get("/api/v1/tenants/" + tenant + "/events", TestTokens.service()).body())
        .getJsonArray("events");
  }

  @Test
  void missingAnswerIsReportedAsUnknownAndTheRepeatSettlesIt() {
    String body = events("unknown", 0, 2).encode();
    assertThat(publish(event("other", "warm").encode()).statusCode()).isEqualTo(202);

    stores.redis().freeze();
    HttpResponse<String> refused;
    try {
      refused = publish(body);
    } finally {
      stores.redis().thaw();
    }

    assertThat(refused.statusCode()).isEqualTo(503);
    assertThat(refused.headers().firstValue("Retry-After")).isPresent();
    JsonArray items = new JsonObject(refused.body()).getJsonArray("errors");
    assertThat(items).hasSize(2);
    assertThat(items.getJsonObject(0).getString("event_id")).isEqualTo("e0");
    assertThat(items.getJsonObject(0).getString("accepted")).isEqualTo("unknown");
    Waiting.until("the repeat is taken", () -> publish(body).statusCode() == 202);
    assertThat(logged("unknown").stream().map(e -> ((JsonObject) e).getString("event_id")))
        .containsExactly("e0", "e1");
  }

  @Test
  void eventThatRedisRefusedIsReportedAndTheOthersAreAccepted() {
    JsonObject typing =
        new JsonObject().put("tenant_id", "full").put("type", "chat.typing").put("payload", 1);
    String body = new JsonArray().add(typing).add(event("full", "e1")).encode();

    stores.redis().cli("ACL", "SETUSER", "default", "-evalsha", "-eval");
    HttpResponse<String> refused;
    try {
      refused = publish(body);
    } finally {
      stores.redis().cli("ACL", "SETUSER", "default", "+@all");
    }

    assertThat(refused.statusCode()).isEqualTo(503);
    JsonArray items = new JsonObject(refused.body()).getJsonArray("errors");
    assertThat(items.getJsonObject(0).getString("channel")).isEqualTo("callcenter:events");
    assertThat(items.getJsonObject(0).containsKey("accepted")).isFalse();
    assertThat(items.getJsonObject(1).getString("event_id")).isEqualTo("e1");
    assertThat(items.getJsonObject(1).getString("accepted")).isEqualTo("no");
    assertThat(logged("full")).isEmpty();
    Waiting.until("the repeat is taken", () -> publish(body).statusCode() == 202);
  }

  /** More calls than there are event loops: two of them meet on one. */
  @Test
  void eventsBeyondTheMaximumInFlightAreRefused() {
    HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    Waiting.until(
        "events flow", () -> send(client, event("warm", "w").encode()).join().statusCode() == 202);
    int loops = Runtime.getRuntime().availableProcessors();

    stores.redis().freeze();
    List<CompletableFuture<HttpResponse<String>>> calls = new ArrayList<>();
    try {
      for (int call = 0; call <= loops; call++) {
        calls.add(send(client, events("busy", call * MAX_IN_FLIGHT, MAX_IN_FLIGHT).encode()));
      }
      CompletableFuture.anyOf(calls.toArray(CompletableFuture[]::new)).join();
    } finally {
      stores.redis().thaw();
    }

    assertThat(calls.stream().map(CompletableFuture::join))
        .as("whichever came second")
        .anySatisfy(
            beyond -> {
              assertThat(beyond.statusCode()).isEqualTo(503);
              assertThat(beyond.body()).contains("too many events are in flight");
              assertThat(beyond.headers().firstValue("Retry-After")).hasValue("1");
            });
    Waiting.until(
        "there is room again", () -> publish(event("busy", "b").encode()).statusCode() == 202);
  }

  private static CompletableFuture<HttpResponse<String>> send(HttpClient client, String body) {
    return client.sendAsync(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + node.port() + "/api/v1/events"))
            .header("Authorization", "Bearer " + TestTokens.service())
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void tenantWithTooManyEventIdsIsRefusedAndOthersAreNot() {
    for (int from = 0; from < MIN_REMEMBERED; from += 500) {
      String body = events("ids", from, 500).encode();
      Waiting.until("they are taken", () -> publish(body).statusCode() == 202);
    }

    HttpResponse<String> beyond = publish(event("ids", "beyond").encode());

    assertThat(beyond.statusCode()).isEqualTo(429);
    JsonObject problem = new JsonObject(beyond.body());
    assertThat(problem.getString("type")).isEqualTo("/problems/too-many-requests");
    JsonObject item = problem.getJsonArray("errors").getJsonObject(0);
    assertThat(item.getString("event_id")).isEqualTo("beyond");
    assertThat(item.getString("accepted")).isEqualTo("no");
    assertThat(publish(event("ids", "e7").encode()).statusCode()).isEqualTo(202);
    JsonObject withoutId = event("ids", "none");
    withoutId.remove("event_id");
    assertThat(publish(withoutId.encode()).statusCode()).isEqualTo(202);
    assertThat(publish(event("others", "beyond").encode()).statusCode()).isEqualTo(202);
    assertThatASocketIsToldToo();
  }

  private static void assertThatASocketIsToldToo() {
    WsClient sender = WsClient.signIn(node, TestTokens.user("ids", "1"));
    sender.send(
        new JsonObject().put("type", "chat.message").put("event_id", "mine").put("payload", 1));
    assertThat(sender.nextErrorCode()).isEqualTo("limit_reached");
  }
}
