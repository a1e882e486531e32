package dev.switchboard.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestTokens;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Reading the log, idempotency keys, rate limits and the served descriptions. */
class HttpEdgeIT {
  @RegisterExtension static final Stores stores = new Stores();

  private static TestNode node;

  @BeforeAll
  static void start() {
    JsonObject config = TestNode.config(stores);
    config.put("ingest", new JsonObject().put("ratePerTenant", 50));
    node = TestNode.start(config);
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  private static JsonObject event(String tenant, String type, Object payload) {
    return new JsonObject().put("tenant_id", tenant).put("type", type).put("payload", payload);
  }

  private static JsonObject history(String tenant, String query, String token) {
    HttpResponse<String> answer = node.get("/api/v1/tenants/" + tenant + "/events" + query, token);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return new JsonObject(answer.body());
  }

  @Test
  void logIsReadInPagesWithinTheRole() {
    String first = node.publish(event("http1", "call.incoming", 1)).getString("id");
    node.publish(event("http1", "call.incoming", 2));
    node.publish(event("http1", "notification", 3).put("user_id", "someone"));
    node.publish(event("http1", "call.incoming", 4));
    String agent = TestTokens.user("http1", "a");

    JsonObject page = history("http1", "?limit=1&after=" + first, agent);
    JsonObject rest = history("http1", "?after=" + page.getString("position"), agent);

    assertThat(page.getBoolean("complete")).isTrue();
    assertThat(page.getBoolean("more")).isTrue();
    assertThat(page.getJsonArray("events").getJsonObject(0).getInteger("payload")).isEqualTo(2);
    assertThat(rest.getJsonArray("events")).hasSize(1);
    assertThat(rest.getJsonArray("events").getJsonObject(0).getInteger("payload")).isEqualTo(4);
    assertThat(rest.getBoolean("more")).isFalse();
    assertThat(history("http1", "?after=gone:5", agent).getBoolean("complete")).isFalse();
    assertThat(node.get("/api/v1/tenants/http2/events", agent).statusCode()).isEqualTo(403);
  }

  private static HttpResponse<String> send(String body, String... headers) {
    String[] all = new String[headers.length + 2];
    System.arraycopy(headers, 0, all, 0, headers.length);
    all[headers.length] = "Authorization";
    all[headers.length + 1] = "Bearer " + TestTokens.service();
    return node.call("POST", "/api/v1/events", body, all);
  }

  @Test
  void repeatedIdempotencyKeyGetsTheFirstAnswer() {
    String body = event("http4", "call.incoming", 1).encode();

    HttpResponse<String> first = send(body, "Idempotency-Key", "k 1");
    HttpResponse<String> repeat = send(body, "Idempotency-Key", "k 1");
    HttpResponse<String> another = send(body, "Idempotency-Key", "k 2");

    assertThat(repeat.body()).isEqualTo(first.body());
    assertThat(another.body()).isNotEqualTo(first.body());
  }

  @Test
  void idempotencyKeyBelongsToItsCaller() {
    String body = event("http7", "call.incoming", 1).encode();
    JsonObject claims = new JsonObject().put("svc", true).put("exp", TestTokens.now() + 600);
    String one = TestTokens.sign(claims.copy().put("jti", "one"));
    String two = TestTokens.sign(claims.copy().put("jti", "two"));
    String three = TestTokens.sign(claims.copy().put("x", 3));
    String four = TestTokens.sign(claims.copy().put("x", 4));

    assertThat(Stream.of(one, two, three, four).map(token -> keyed(body, token)).distinct())
        .hasSize(4);
    assertThat(keyed(body, one)).isEqualTo(keyed(body, one));
    assertThat(keyed(body, three)).isEqualTo(keyed(body, three));
  }

  private static String keyed(String body, String token) {
    HttpResponse<String> answer =
        node.call(
            "POST",
            "/api/v1/events",
            body,
            "Idempotency-Key",
            "order 7",
            "Authorization",
            "Bearer " + token);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
    return answer.body();
  }

  @Test
  void rateLimitedTenantGetsRetryAfter() {
    JsonArray many = new JsonArray();
    for (int i = 0; i < 400; i++) {
      many.add(event("http5", "call.incoming", i));
    }

    HttpResponse<String> first = send(many.encode());
    HttpResponse<String> second = send(many.encode());

    assertThat(first.statusCode()).isEqualTo(202);
    assertThat(first.headers().firstValue("RateLimit-Policy")).isPresent();
    assertThat(second.statusCode()).isEqualTo(429);
    assertThat(second.headers().firstValue("Retry-After")).isPresent();
    assertThat(send(event("http6", "call.incoming", 1).encode()).statusCode()).isEqualTo(202);
  }

  @Test
  void asyncApiFileIsServed() {
    HttpResponse<String> answer = node.call("GET", "/asyncapi.yaml", null);
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).startsWith("asyncapi: 3");
  }
}
