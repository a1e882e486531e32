package dev.switchboard.api;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.event.LogPosition;
import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestRedis;
import dev.switchboard.support.TestTokens;
import dev.switchboard.support.Waiting;
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

/** Reading the log costs the node no more than its bounds allow. */
class HistoryIT {
  @RegisterExtension static final Stores stores = new Stores();

  private static final int MORE_THAN_ARE_READ_AT_ONCE = 60;

  private static TestRedis redis;
  private static TestNode node;

  @BeforeAll
  static void start() {
    redis = TestRedis.start("--loglevel", "warning");
    JsonObject config = TestNode.config(stores);
    config
        .getJsonObject("redis")
        .put("nodes", new JsonArray().add(redis.address()))
        .put("timeout", "60s");
    node = TestNode.start(config);
  }

  @AfterAll
  static void stop() {
    node.close();
    redis.close();
  }

  private static JsonObject page(String tenant, String query) {
    HttpResponse<String> answer =
        node.get("/api/v1/tenants/" + tenant + "/events" + query, TestTokens.user(tenant, "u"));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return new JsonObject(answer.body());
  }

  @Test
  void pageEndsAtItsByteLimitAndCanBeContinued() {
    String position =
        node.publish(
                new JsonObject().put("tenant_id", "pages").put("type", "alert").put("payload", "0"))
            .getString("id");
    JsonArray events = new JsonArray();
    IntStream.rangeClosed(1, 60)
        .forEach(
            i ->
                events.add(
                    new JsonObject()
                        .put("tenant_id", "pages")
                        .put("type", "alert")
                        .put("payload", i + "x".repeat(60_000))));
    assertThat(node.post("/api/v1/events", events.encode(), TestTokens.service()).statusCode())
        .isEqualTo(202);

    List<String> read = new ArrayList<>();
    List<Integer> sizes = new ArrayList<>();
    boolean more = true;
    while (more) {
      JsonObject page = page("pages", "?limit=500&after=" + position);
      assertThat(page.getBoolean("complete")).isTrue();
      page.getJsonArray("events")
          .forEach(event -> read.add(((JsonObject) event).getString("payload").split("x", 2)[0]));
      sizes.add(page.getJsonArray("events").size());
      position = page.getString("position");
      more = page.getBoolean("more");
    }

    assertThat(read)
        .containsExactlyElementsOf(
            IntStream.rangeClosed(1, 60).mapToObj(Integer::toString).toList());
    assertThat(sizes).containsExactly(18, 18, 18, 6);
  }

  /** As a log that lost its last events has it. */
  @Test
  void readerBeyondTheTopContinuesAtTheTop() {
    String top = publish("beyond", 1);
    LogPosition known = requireNonNull(LogPosition.parse(top));
    LogPosition beyond = new LogPosition(known.epoch(), known.offset() + 5_000);

    JsonObject page = page("beyond", "?after=" + beyond);

    assertThat(page.getBoolean("complete")).isFalse();
    assertThat(page.getString("position")).isEqualTo(top);
    String next = publish("beyond", 2);
    assertThat(page("beyond", "?after=" + page.getString("position")).getString("position"))
        .isEqualTo(next);
  }

  private static String publish(String tenant, int payload) {
    return node.publish(
            new JsonObject().put("tenant_id", tenant).put("type", "alert").put("payload", payload))
        .getString("id");
  }

  @Test
  void invalidLimitsAreRefused() {
    for (String query : List.of("limit=501", "limit=0", "limit=many", "after=nonsense")) {
      HttpResponse<String> answer =
          node.get("/api/v1/tenants/odd/events?" + query, TestTokens.user("odd", "u"));
      assertThat(answer.statusCode()).as(query).isEqualTo(400);
    }
  }

  /** Each has a connection of its own; event loops take them in turn, and each has its bound. */
  @Test
  void readersBeyondTheMaximumAreRefused() {
    HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    HttpRequest request =
        HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + node.port() + "/api/v1/tenants/crowd/events"))
            .header("Authorization", "Bearer " + TestTokens.user("crowd", "u"))
            .build();
    int loops = Runtime.getRuntime().availableProcessors();
    List<CompletableFuture<HttpResponse<String>>> crowd = new ArrayList<>();

    redis.freeze();
    try {
      for (int i = 0; i < loops * MORE_THAN_ARE_READ_AT_ONCE; i++) {
        crowd.add(client.sendAsync(request, HttpResponse.BodyHandlers.ofString()));
      }
      Waiting.until(
          "those beyond the bound are answered",
          () -> crowd.stream().filter(CompletableFuture::isDone).count() >= loops * 28L);
    } finally {
      redis.thaw();
    }

    List<HttpResponse<String>> answers = crowd.stream().map(CompletableFuture::join).toList();
    assertThat(answers.stream().filter(answer -> answer.statusCode() == 200)).hasSize(loops * 32);
    assertThat(answers.stream().filter(answer -> answer.statusCode() == 503))
        .hasSize(loops * 28)
        .allMatch(answer -> answer.headers().firstValue("Retry-After").isPresent())
        .allMatch(answer -> answer.body().contains("too many pages"));
  }
}
