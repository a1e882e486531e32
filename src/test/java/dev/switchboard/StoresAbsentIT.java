package dev.switchboard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.support.JarCommand;
import dev.switchboard.support.JarCommand.Result;
import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestRedis;
import dev.switchboard.support.Waiting;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A node that is started before its stores. */
class StoresAbsentIT {
  @RegisterExtension static final Stores stores = new Stores();

  @TempDir Path directory;

  private JarCommand start(String address, String timeout) throws Exception {
    JsonObject config = TestNode.config(stores);
    config.getJsonObject("redis").put("nodes", new JsonArray().add(address));
    config.getJsonObject("node").put("storesTimeout", timeout);
    config.put("logging", new JsonObject().put("level", "info"));
    Path file = Files.writeString(directory.resolve("node.json"), config.encode());
    return JarCommand.in(directory).start("run", "--config", file.toAbsolutePath().toString());
  }

  @Test
  void nodeThatGivesUpSaysSoInOneLine() throws Exception {
    try (JarCommand node = start("127.0.0.1:1", "1s")) {
      Result result = node.await();

      assertThat(result.exitCode()).isEqualTo(2);
      assertThat(result.out().lines())
          .filteredOn(line -> line.contains("Waiting for a store"))
          .singleElement()
          .asString()
          .contains("Redis at 127.0.0.1:1 can't be reached");
      assertThat(result.err().lines())
          .filteredOn(line -> line.contains("can't be reached"))
          .hasSize(1);
      assertThat(result.out() + result.err())
          .doesNotContain("\tat ")
          .doesNotContain("Caused by")
          .doesNotContain(" ERROR ");
    }
  }

  @Test
  void nodeWaitsForItsStore() throws Exception {
    TestRedis redis = TestRedis.start("--databases", "16");
    redis.kill();
    try (JarCommand node = start(redis.address(), "60s")) {
      Waiting.until(
          "the node waits", () -> (node.out() + node.err()).contains("Waiting for a store"));

      redis.restart();

      Waiting.until("the node is ready", () -> (node.out() + node.err()).contains(" Ready "));
    } finally {
      redis.close();
    }
  }
}
