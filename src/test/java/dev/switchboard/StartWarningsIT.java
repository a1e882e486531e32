package dev.switchboard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.support.JarCommand;
import dev.switchboard.support.JarCommand.Result;
import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestRedis;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Warnings of a node about a setup that works but is not safe. */
class StartWarningsIT {
  @RegisterExtension static final Stores stores = new Stores();

  @TempDir Path directory;

  private static JsonObject config(TestRedis redis) {
    JsonObject config = TestNode.config(stores);
    config.getJsonObject("redis").put("nodes", new JsonArray().add(redis.address()));
    return config;
  }

  @Test
  void everyWeaknessIsNamedWithTheSettingThatFixesIt() throws Exception {
    TestRedis redis = TestRedis.start("--maxmemory-policy", "allkeys-lru");
    JsonObject config = config(redis);
    Path file = Files.writeString(directory.resolve("weak.json"), config.encode());
    try (TestNode node = TestNode.startJar(config)) {
      List<String> output = node.output();

      assertThat(output)
          .anyMatch(line -> line.contains("without a password; set redis.password"))
          .anyMatch(line -> line.contains("unencrypted; set encryption.keys"))
          .anyMatch(line -> line.contains("http:// without encryption (webhooks.allowHttp)"))
          .anyMatch(line -> line.contains("private addresses (webhooks.allowedCidrs)"))
          .anyMatch(line -> line.contains("maxmemory-policy allkeys-lru"));
      Result check = JarCommand.in(directory).start("check", "--config", file.toString()).await();
      assertThat(check.exitCode()).isZero();
      assertThat(check.out()).contains("warning: Redis has maxmemory-policy allkeys-lru");
    } finally {
      redis.close();
    }
  }

  @Test
  void safeSetupCausesNoWarnings() {
    TestRedis redis = TestRedis.start("--requirepass", "a password of tests");
    JsonObject config = config(redis);
    config.getJsonObject("redis").put("password", "a password of tests");
    config.remove("webhooks");
    config.put(
        "encryption",
        new JsonObject().put("keys", "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="));
    try (TestNode node = TestNode.startJar(config)) {
      // Vert.x also warns about a machine that stops for seconds.
      assertThat(node.output())
          .noneMatch(line -> line.contains("WARN") && !line.contains("has been blocked for"));
    } finally {
      redis.close();
    }
  }
}
