package dev.switchboard.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestTokens;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Calls that pages of other origins make with a user's token. */
class CorsIT {
  private static final String PAGE = "https://desk.example.com";
  private static final String STRANGER = "https://evil.example.com";
  private static final String EVENTS = "/api/v1/events";

  /** A path of each kind that a user's token may call, with the methods. */
  private static final Map<String, String> METHODS =
      Map.ofEntries(
          Map.entry(EVENTS, "OPTIONS, POST"),
          Map.entry("/api/v1/events/stream", "GET, HEAD, OPTIONS"),
          Map.entry("/api/v1/ws/tickets", "OPTIONS, POST"),
          Map.entry("/api/v1/tenants/cors/events", "GET, HEAD, OPTIONS"),
          Map.entry("/api/v1/tenants/cors/presence", "GET, HEAD, OPTIONS"),
          Map.entry("/api/v1/tenants/cors/presence/7", "DELETE, GET, HEAD, OPTIONS, PUT"),
          Map.entry("/api/v1/ws/users/7/online", "GET, HEAD, OPTIONS"),
          Map.entry("/ws/users/7/online", "GET, HEAD, OPTIONS"),
          Map.entry("/api/v1/tenants/cors/users/7/inbox", "DELETE, GET, HEAD, OPTIONS, POST"),
          Map.entry("/api/v1/tenants/cors/users/7/disconnect", "OPTIONS, POST"),
          Map.entry("/api/v1/ws/stats", "GET, HEAD, OPTIONS"),
          Map.entry("/ws/stats", "GET, HEAD, OPTIONS"),
          Map.entry("/api/v1/widgets", "GET, HEAD, OPTIONS, POST"));

  @RegisterExtension static final Stores stores = new Stores();

  private static TestNode node;

  @BeforeAll
  static void start() {
    JsonObject config = TestNode.config(stores);
    config.put("sessions", new JsonObject().put("allowedOrigins", new JsonArray().add(PAGE)));
    node = TestNode.start(config);
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  private static String header(HttpResponse<?> response, String name) {
    return String.join(", ", response.headers().allValues(name));
  }

  private static HttpResponse<String> publish(String origin, String token, String type) {
    String event =
        new JsonObject().put("tenant_id", "cors").put("type", type).put("payload", 1).encode();
    return node.call(
        "POST",
        EVENTS,
        event,
        "Origin",
        origin,
        "Authorization",
        "Bearer " + token,
        "Content-Type",
        "application/json");
  }

  @Test
  void preflightOfEveryCallNamesMethodsAndHeaders() {
    METHODS.forEach(
        (path, methods) -> {
          HttpResponse<String> response =
              node.call(
                  "OPTIONS",
                  path,
                  null,
                  "Origin",
                  PAGE,
                  "Access-Control-Request-Method",
                  "POST",
                  "Access-Control-Request-Headers",
                  "authorization,content-type,traceparent");

          assertThat(response.statusCode()).as(path).isEqualTo(204);
          assertThat(header(response, "Access-Control-Allow-Origin")).isEqualTo(PAGE);
          assertThat(header(response, "Access-Control-Allow-Methods")).as(path).isEqualTo(methods);
          assertThat(header(response, "Access-Control-Allow-Headers").split(", "))
              .contains("Authorization", "Content-Type", "Idempotency-Key", "traceparent");
          assertThat(header(response, "Access-Control-Allow-Credentials")).isEmpty();
          assertThat(header(response, "Vary")).isEqualTo("Origin");
        });
  }

  @Test
  void preflightOfAnotherOriginIsRefused() {
    HttpResponse<String> response = node.call("OPTIONS", EVENTS, null, "Origin", STRANGER);

    assertThat(response.statusCode()).isEqualTo(403);
    assertThat(header(response, "Access-Control-Allow-Origin")).isEmpty();
    assertThat(response.body()).contains("sessions.allowedOrigins");
  }

  @Test
  void optionsOfOtherClientsNameTheMethods() {
    HttpResponse<String> response = node.call("OPTIONS", EVENTS, null);

    assertThat(response.statusCode()).isEqualTo(204);
    assertThat(header(response, "Allow")).isEqualTo("OPTIONS, POST");
    assertThat(header(response, "Access-Control-Allow-Origin")).isEmpty();
  }

  @Test
  void optionsOfUnknownPathsAreNotFound() {
    assertThat(node.call("OPTIONS", "/api/v1/nothing", null, "Origin", PAGE).statusCode())
        .isEqualTo(404);
    assertThat(node.call("OPTIONS", "/openapi.yaml", null, "Origin", PAGE).statusCode())
        .isEqualTo(405);
  }

  @Test
  void pagePublishesAndReadsTheAnswer() {
    HttpResponse<String> response = publish(PAGE, TestTokens.user("cors", "7"), "chat.message");

    assertThat(response.statusCode()).as(response.body()).isEqualTo(202);
    assertThat(header(response, "Access-Control-Allow-Origin")).isEqualTo(PAGE);
    assertThat(header(response, "Access-Control-Expose-Headers")).contains("Retry-After");
  }

  @Test
  void pageReadsWhyItWasRefused() {
    HttpResponse<String> forbidden = publish(PAGE, TestTokens.user("cors", "7"), "call.incoming");
    HttpResponse<String> unauthenticated = publish(PAGE, "no token", "chat.message");

    assertThat(forbidden.statusCode()).isEqualTo(403);
    assertThat(unauthenticated.statusCode()).isEqualTo(401);
    assertThat(header(forbidden, "Access-Control-Allow-Origin")).isEqualTo(PAGE);
    assertThat(header(unauthenticated, "Access-Control-Allow-Origin")).isEqualTo(PAGE);
  }

  @Test
  void pageOfAnotherOriginCanNotReadAnswers() {
    HttpResponse<String> response = publish(STRANGER, TestTokens.user("cors", "7"), "chat.message");

    assertThat(header(response, "Access-Control-Allow-Origin")).isEmpty();
  }
}
