package dev.switchboard.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.support.RawHttp;
import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestTokens;
import dev.switchboard.support.WsClient;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Nothing of a request is ignored without a word: fields, query parameters, methods, bodies. */
@Timeout(120)
class RequestSemanticsIT {
  @RegisterExtension static final Stores stores = new Stores();

  private static TestNode node;

  @BeforeAll
  static void start() {
    JsonObject config = TestNode.config(stores);
    config.getJsonObject("http").put("corsHeaders", new JsonArray().add("X-My-Trace"));
    node = TestNode.start(config);
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  private static String head(String request) throws IOException {
    try (RawHttp http = new RawHttp(node)) {
      http.send(request.replace("\n", "\r\n") + "\r\n\r\n");
      return http.readHead();
    }
  }

  @Test
  void repeatedFieldWithOneValueIsRefused() throws IOException {
    String token = "\nAuthorization: Bearer " + TestTokens.service();

    assertThat(head("GET /api/v1/ws/stats HTTP/1.1\nHost: h" + token)).contains(" 200 ");
    assertThat(head("GET /api/v1/ws/stats HTTP/1.1\nHost: h" + token + token)).contains(" 400 ");
  }

  @Test
  void subprotocolsMayBeInSeveralFields() throws IOException {
    String upgrade =
        head(
            "GET /ws HTTP/1.1\nHost: h\nConnection: keep-alive\nConnection: Upgrade"
                + "\nUpgrade: websocket\nSec-WebSocket-Version: 13"
                + "\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="
                + "\nSec-WebSocket-Protocol: bearer.x\nSec-WebSocket-Protocol: switchboard.v1");

    assertThat(upgrade).contains(" 101 ").containsIgnoringCase("protocol: switchboard.v1");
  }

  @Test
  void queryParametersAreRefusedByName() {
    for (String query : List.of("limit=1&limit=2", "limit=", "topik=x", "limits=1")) {
      String name = query.substring(0, query.indexOf('='));
      HttpResponse<String> answer =
          node.get("/api/v1/tenants/q/events?" + query, TestTokens.service());
      assertThat(answer.statusCode()).as(query).isEqualTo(400);
      assertThat(new JsonObject(answer.body()).getString("detail")).contains(name);
    }
    String token = TestTokens.user("q", "1");
    String bearer = "switchboard.v1, bearer." + token;
    WsClient misspelt = WsClient.open(node, "/ws?event=call.*", "Sec-WebSocket-Protocol", bearer);
    assertThat(misspelt.awaitClose().code()).isEqualTo(4400);
    assertThat(misspelt.awaitClose().reason()).contains("did you mean events?");
    WsClient repeated = WsClient.signIn(node, "/ws?events=call.a&events=call.b", token);
    assertThat(repeated.subscribe(new JsonObject()).getJsonArray("events"))
        .containsExactlyInAnyOrder("call.a", "call.b");
  }

  @Test
  void headIsAnsweredLikeGetWithoutABody() throws IOException {
    String token = "\nAuthorization: Bearer " + TestTokens.service();
    for (String path : List.of("/openapi.yaml", "/api/v1/ws/stats", "/api/v1/webhooks")) {
      assertThat(head("HEAD " + path + " HTTP/1.1\nHost: h" + token)).as(path).contains(" 200 ");
      assertThat(node.call("HEAD", path, null, "Authorization", "Bearer " + TestTokens.service()))
          .satisfies(answer -> assertThat(answer.body()).isEmpty());
    }
    assertThat(head("HEAD /api/v1/ws/stats HTTP/1.1\nHost: h")).contains(" 401 ");
    assertThat(head("HEAD /nowhere HTTP/1.1\nHost: h")).contains(" 404 ");
  }

  @Test
  void configuredHeadersAreAllowedToPages() {
    HttpResponse<String> preflight =
        node.call("OPTIONS", "/api/v1/events", null, "Origin", "https://page.example");

    assertThat(preflight.headers().firstValue("Access-Control-Allow-Headers").orElse(""))
        .contains("Authorization", "X-My-Trace")
        .doesNotContain("traceparent");
  }

  @Test
  void presenceOfThousandsOfUsersIsAskedForInTheBody() {
    WsClient online = WsClient.signIn(node, TestTokens.user("many", "u7"));
    assertThat(online.ping()).isNotNull();
    JsonArray users = new JsonArray();
    IntStream.range(0, 3_000).forEach(i -> users.add("u" + i));
    String path = "/api/v1/tenants/many/presence/query";

    HttpResponse<String> answer =
        node.post(path, new JsonObject().put("users", users).encode(), TestTokens.service());

    assertThat(answer.statusCode()).isEqualTo(200);
    JsonObject presence = new JsonObject(answer.body());
    assertThat(presence.getJsonArray("users")).hasSize(3_000);
    assertThat(presence.getJsonArray("users").getJsonObject(7).getString("user_id"))
        .isEqualTo("u7");
    for (String bad :
        List.of("{}", "{\"users\":\"u\"}", "{\"users\":[true]}", "{\"users\":[\"a b\"]}")) {
      assertThat(node.post(path, bad, TestTokens.service()).statusCode()).as(bad).isEqualTo(400);
    }
    assertThat(node.post(path, "{\"users\":[]}", TestTokens.user("other", "1")).statusCode())
        .isEqualTo(403);
  }
}
