package dev.switchboard.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.Waiting;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Two nodes of one Redis whose settings differ in what they must share. */
class SettingsComparisonIT {
  @RegisterExtension static final Stores STORES = new Stores();
  private static final String KEY = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

  private static TestNode start(String name, String prefix, String keys) {
    JsonObject config = TestNode.config(STORES);
    config.getJsonObject("node").put("name", name);
    config.getJsonObject("redis").put("prefix", prefix);
    return TestNode.start(config.put("encryption", new JsonObject().put("keys", keys)));
  }

  private static String health(TestNode node) {
    return node.manage("/health/ready").body();
  }

  @Test
  void differencesAreReportedUntilTheyEnd() {
    try (TestNode first = start("first", "callcenter", "old:" + KEY)) {
      try (TestNode second = start("second", "support", "new:" + KEY)) {
        Waiting.until(
            "both report the other's prefix",
            () ->
                health(first).contains("redis.prefix is callcenter here and support there")
                    && health(second).contains("redis.prefix is support here"));
        assertThat(health(first))
            .contains("second: ", "encryption.keys has the ids old here and new there")
            .doesNotContain(KEY);
        assertThat(STORES.redis().cli("GET", "switchboard:node-settings:second"))
            .contains("support")
            .doesNotContain(KEY);
        assertThat(first.manage("/metrics").body())
            .contains("switchboard_nodes_different_settings 1.0");
      }
      Waiting.until(
          "the node that is gone is no problem", () -> !health(first).contains("redis.prefix"));
    }
  }
}
