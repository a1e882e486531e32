package dev.switchboard.ops;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestRedis;
import dev.switchboard.support.Waiting;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What operators are told of a store's outage. */
class HealthIT {
  @RegisterExtension static final Stores stores = new Stores();

  @Test
  void readinessShowsTheStoresAsTheyAreAndStays() {
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

  private static String state(TestNode node, String store) {
    return new JsonObject(node.manage("/health/ready").body())
        .getJsonObject("stores")
        .getString(store);
  }
}
