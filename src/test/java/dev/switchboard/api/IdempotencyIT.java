package dev.switchboard.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestTokens;
import dev.switchboard.support.Waiting;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A call that carries an Idempotency-Key can be repeated, whatever it holds and met. */
class IdempotencyIT {
  @RegisterExtension static final Stores stores = new Stores();

  /** One caller: a token made a second later, without a jti, would be another's. */
  private static final String CALLER = TestTokens.service();

  private static TestNode node;

  @BeforeAll
  static void start() {
    node = TestNode.start(stores);
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  private static JsonObject event(String tenant, Object payload) {
    return new JsonObject().put("tenant_id", tenant).put("type", "alert").put("payload", payload);
  }

  private static HttpResponse<String> send(Object body, String key) {
    return send(body, key, CALLER);
  }

  private static HttpResponse<String> send(Object body, String key, String token) {
    return node.call(
        "POST",
        "/api/v1/events",
        body.toString(),
        "Idempotency-Key",
        key,
        "Authorization",
        "Bearer " + token);
  }

  private static List<String> logged(String tenant) {
    String path = "/api/v1/tenants/" + tenant + "/events";
    return new JsonObject(node.get(path, TestTokens.service()).body())
        .getJsonArray("events").stream().map(e -> ((JsonObject) e).getString("event_id")).toList();
  }

  @Test
  void arrayIsRepeatedAsAWholeAndAnEventsOwnIdStays() {
    JsonArray events =
        new JsonArray()
            .add(event("array", 1))
            .add(event("array", 2).put("event_id", "own"))
            .add(event("array", 3));

    HttpResponse<String> first = send(events, "k");
    HttpResponse<String> repeat = send(events, "k");

    assertThat(first.statusCode()).isEqualTo(202);
    assertThat(repeat.body()).isEqualTo(first.body());
    List<String> ids = logged("array");
    assertThat(ids).hasSize(3).doesNotHaveDuplicates();
    assertThat(ids.get(0)).startsWith("idem-");
    assertThat(ids.get(1)).isEqualTo("own");
    assertThat(ids.get(2)).startsWith("idem-");
  }

  @Test
  void eventIdTakesPrecedenceOverTheKey() {
    HttpResponse<String> first = send(event("own", 1).put("event_id", "mine"), "k1");
    HttpResponse<String> sameId = send(event("own", 2).put("event_id", "mine"), "k2");
    HttpResponse<String> sameKey = send(event("own", 3).put("event_id", "other"), "k1");

    assertThat(sameId.body()).isEqualTo(first.body());
    assertThat(sameKey.body()).isNotEqualTo(first.body());
    assertThat(logged("own")).containsExactly("mine", "other");
  }

  @Test
  void keyBelongsToOneCallerAndOneTenant() {
    String supervisor = TestTokens.user("tenant1", "s", "supervisor");

    assertThat(send(event("tenant1", 1), "k").statusCode()).isEqualTo(202);
    assertThat(send(event("tenant1", 2), "k", supervisor).statusCode()).isEqualTo(202);
    assertThat(send(event("tenant2", 3), "k").statusCode()).isEqualTo(202);

    assertThat(logged("tenant1")).hasSize(2).doesNotHaveDuplicates();
    assertThat(logged("tenant2")).hasSize(1);
  }

  @Test
  void keyHas1To255Characters() {
    for (String wrong : List.of("", "k".repeat(256))) {
      HttpResponse<String> refused = send(event("length", 1), wrong);
      assertThat(refused.statusCode()).isEqualTo(400);
      assertThat(refused.body()).contains("1 to 255 characters");
    }
    assertThat(send(event("length", 1), "k".repeat(255)).statusCode()).isEqualTo(202);
    assertThat(logged("length")).hasSize(1);
  }

  @Test
  void repeatAfterAFailureIsAcceptedOnce() {
    stores.redis().cli("ACL", "SETUSER", "default", "-evalsha", "-eval");
    HttpResponse<String> refused;
    try {
      refused = send(event("repeat", 1), "k");
    } finally {
      stores.redis().cli("ACL", "SETUSER", "default", "+@all");
    }
    assertThat(refused.statusCode()).isEqualTo(503);

    Waiting.until("it is taken", () -> send(event("repeat", 1), "k").statusCode() == 202);
    HttpResponse<String> again = send(event("repeat", 1), "k");

    assertThat(again.statusCode()).isEqualTo(202);
    assertThat(logged("repeat"))
        .containsExactly(new JsonObject(again.body()).getString("event_id"));
  }
}
