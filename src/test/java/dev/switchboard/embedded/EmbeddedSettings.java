package dev.switchboard.embedded;

import dev.switchboard.config.ConfigLoader;
import dev.switchboard.config.PostgresConfig;
import dev.switchboard.config.RedisConfig;
import dev.switchboard.config.SwitchboardConfig;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;

/** Configurations of embedded servers. */
final class EmbeddedSettings {
  private EmbeddedSettings() {}

  static RedisConfig redis(int port, String program) {
    return node(Path.of("unused"), port, program).redis();
  }

  static PostgresConfig postgres(int port, String program) {
    JsonObject section = new JsonObject().put("embeddedPort", port).put("embeddedProgram", program);
    return bind(new JsonObject().put("postgres", section)).postgres();
  }

  /** Of a node with that data directory. */
  static SwitchboardConfig node(Path data, int redisPort, String redisProgram) {
    return bind(
        new JsonObject()
            .put("node", new JsonObject().put("dataDirectory", data.toString()))
            .put(
                "redis",
                new JsonObject()
                    .put("embeddedPort", redisPort)
                    .put("embeddedProgram", redisProgram)));
  }

  private static SwitchboardConfig bind(JsonObject json) {
    return ConfigLoader.bind("test", json, name -> null);
  }
}
