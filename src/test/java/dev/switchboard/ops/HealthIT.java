package dev.switchboard.ops;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.support.FaultProxy;
import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestRedis;
import dev.switchboard.support.TestTokens;
import dev.switchboard.support.Waiting;
import dev.switchboard.support.WsClient;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The health endpoints during outages of the stores. */
class HealthIT {
  @RegisterExtension static final Stores stores = new Stores();

  @Test
  void probesOfTheManifestsAreAnswered() throws IOException {
    List<String> paths =
        Pattern.compile("(?m)^ +httpGet:\\n +path: (\\S+)\\n +port: management$")
            .matcher(Files.readString(Path.of("conf/kubernetes/switchboard.yaml")))
            .results()
            .map(probe -> probe.group(1))
            .toList();
    try (TestNode node = TestNode.start(stores)) {
      assertThat(paths).hasSize(2);
      assertThat(paths).allMatch(path -> node.manage(path).statusCode() == 200);
    }
  }

  @Test
  void outageIsShownButNodeStaysReady() {
    TestRedis redis = TestRedis.start("--loglevel", "warning");
    JsonObject config = TestNode.config(stores);
    config
        .getJsonObject("redis")
        .put("nodes", new JsonArray().add(redis.address()))
        .put("timeout", "10s");
    try (TestNode node = TestNode.start(config)) {
      assertThat(state(node, "redis")).isEqualTo("up");
      assertThat(state(node, "postgres")).isEqualTo("up");

      redis.kill();
      Waiting.until("the outage is shown", () -> state(node, "redis").equals("down"));
      HttpResponse<String> ready = node.manage("/health/ready");
      redis.restart();
      Waiting.until("its end is shown", () -> state(node, "redis").equals("up"));

      assertThat(ready.statusCode()).isEqualTo(200);
      assertThat(new JsonObject(ready.body()).getString("status")).isEqualTo("ready");
      assertThat(state(node, "postgres")).isEqualTo("up");
    } finally {
      redis.close();
    }
  }

  @Test
  void nodeIsReadyOnceBothStoresAreReachedUntilItDrains() {
    int port = TestRedis.freePort();
    JsonObject config = TestNode.config(stores);
    JsonObject database = config.getJsonObject("postgres").put("timeout", "2s");
    try (FaultProxy redis = new FaultProxy(stores.redis());
        FaultProxy postgres =
            new FaultProxy(database.getString("host"), database.getInteger("port"))) {
      config.getJsonObject("management").put("port", port);
      config.put("sessions", new JsonObject().put("drainWindow", "6s"));
      config.getJsonObject("redis").put("nodes", new JsonArray().add(redis.address()));
      config.getJsonObject("redis").put("timeout", "20s");
      database.put("host", "127.0.0.1").put("port", postgres.port());
      redis.freeze(FaultProxy.Which.EVERYTHING);
      postgres.freeze(FaultProxy.Which.EVERYTHING);

      CompletableFuture<TestNode> starting =
          CompletableFuture.supplyAsync(() -> TestNode.start(config));

      Waiting.until("operators are answered", () -> listens(port));
      assertStarting(port);
      redis.thaw();
      Waiting.until(
          "Redis is reached",
          () -> ready(port).getJsonObject("stores").getString("redis", "").equals("up"));
      assertStarting(port);
      postgres.thaw();
      TestNode node = starting.join();
      assertThat(node.manage("/health/ready").statusCode()).isEqualTo(200);
      assertThatAnOutageOfPostgresIsShownOnly(node, postgres);
      assertThatADrainIsShown(node);
    }
  }

  private static boolean listens(int port) {
    try {
      return TestNode.manage(port, "/health/live").statusCode() == 200;
    } catch (UncheckedIOException notYet) {
      return false;
    }
  }

  private static JsonObject ready(int port) {
    return new JsonObject(TestNode.manage(port, "/health/ready").body());
  }

  private static void assertStarting(int port) {
    HttpResponse<String> answer = TestNode.manage(port, "/health/ready");
    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(new JsonObject(answer.body()).getString("status")).isEqualTo("starting");
  }

  private static void assertThatAnOutageOfPostgresIsShownOnly(TestNode node, FaultProxy postgres) {
    postgres.freeze(FaultProxy.Which.EVERYTHING);
    Waiting.until("the outage is shown", () -> state(node, "postgres").equals("down"));
    assertThat(node.manage("/health/ready").statusCode()).isEqualTo(200);
    postgres.thaw();
    Waiting.until("its end is shown", () -> state(node, "postgres").equals("up"));
  }

  private static void assertThatADrainIsShown(TestNode node) {
    // Enough on each event loop to leave in more than one wave.
    int sessions = 30 * Runtime.getRuntime().availableProcessors();
    for (int i = 0; i < sessions; i++) {
      assertThat(WsClient.signIn(node, TestTokens.user("drain", "u" + i)).connected()).isNotEmpty();
    }
    CompletableFuture<Void> stopping = CompletableFuture.runAsync(node::close);
    Waiting.until(
        "traffic is sent elsewhere", () -> node.manage("/health/ready").statusCode() == 503);
    assertThat(new JsonObject(node.manage("/health/ready").body()).getString("status"))
        .isEqualTo("draining");
    assertThat(node.manage("/health/live").statusCode()).isEqualTo(200);
    stopping.join();
  }

  private static String state(TestNode node, String store) {
    return new JsonObject(node.manage("/health/ready").body())
        .getJsonObject("stores")
        .getString(store);
  }
}
