package dev.switchboard.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestTokens;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the headers of rate limits say: of the limit that is nearer, with and without room. */
class RateLimitIT {
  @RegisterExtension static final Stores stores = new Stores();

  private static TestNode node;

  /** What is taken out at once comes back within no test's time. */
  private static final int FAR_TOO_MANY = 400;

  @BeforeAll
  static void start() {
    JsonObject config = TestNode.config(stores);
    config.put("ingest", new JsonObject().put("ratePerTenant", 1).put("ratePerCaller", 2));
    node = TestNode.start(config);
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  private static HttpResponse<String> send(String tenant, int events, String caller) {
    JsonArray all = new JsonArray();
    for (int i = 0; i < events; i++) {
      all.add(new JsonObject().put("tenant_id", tenant).put("type", "alert").put("payload", i));
    }
    return node.post("/api/v1/events", all.encode(), caller);
  }

  private static String header(HttpResponse<String> answer, String name) {
    return answer.headers().firstValue(name).orElse("none");
  }

  @Test
  void headersShowTheLimitWithTheFewestRemaining() {
    HttpResponse<String> answer = send("left", 1, TestTokens.user("left", "1", "supervisor"));

    assertThat(answer.statusCode()).isEqualTo(202);
    assertThat(header(answer, "RateLimit-Policy")).isEqualTo("\"tenant\";q=1;w=1");
    assertThat(header(answer, "RateLimit")).isEqualTo("\"tenant\";r=1;t=1");
  }

  @Test
  void exhaustedTenantGetsRetryAfterForEveryCaller() {
    assertThat(
            send("spent", FAR_TOO_MANY, TestTokens.user("spent", "1", "supervisor")).statusCode())
        .isEqualTo(202);

    HttpResponse<String> refused = send("spent", 1, TestTokens.user("spent", "2", "supervisor"));

    assertThat(refused.statusCode()).isEqualTo(429);
    assertThat(header(refused, "RateLimit-Policy")).isEqualTo("\"tenant\";q=1;w=1");
    String wait = header(refused, "Retry-After");
    assertThat(Integer.parseInt(wait)).isBetween(1, FAR_TOO_MANY);
    assertThat(header(refused, "RateLimit")).isEqualTo("\"tenant\";r=0;t=" + wait);
  }

  @Test
  void exhaustedCallerIsRefusedInEveryTenant() {
    String caller = TestTokens.service();
    assertThat(send("one", FAR_TOO_MANY, caller).statusCode()).isEqualTo(202);

    HttpResponse<String> refused = send("two", 1, caller);

    assertThat(refused.statusCode()).isEqualTo(429);
    assertThat(header(refused, "RateLimit-Policy")).isEqualTo("\"caller\";q=2;w=1");
    assertThat(header(refused, "RateLimit"))
        .isEqualTo("\"caller\";r=0;t=" + header(refused, "Retry-After"));
    assertThat(send("two", 1, TestTokens.user("two", "1", "supervisor")).statusCode())
        .isEqualTo(202);
  }
}
