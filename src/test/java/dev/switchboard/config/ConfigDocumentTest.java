package dev.switchboard.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/**
 * The example file and the JSON Schema in the repository match the code. Running this test with
 * {@code -Dswitchboard.regenerate=true} writes them again.
 */
class ConfigDocumentTest {
  private static final Path EXAMPLE = Path.of("conf/switchboard.json");
  private static final Path SCHEMA = Path.of("conf/switchboard.schema.json");
  private static final String FIX =
      "%s does not match the settings; run"
          + " mvn test -Dtest=ConfigDocumentTest -Dswitchboard.regenerate=true and commit it";

  @Test
  void exampleContainsEverySettingWithItsDefault() throws IOException {
    JsonObject example =
        new JsonObject()
            .put("$schema", "./switchboard.schema.json")
            .mergeIn(ConfigDocument.example());

    assertIsWrittenIn(EXAMPLE, example);
  }

  @Test
  void schemaDescribesEverySetting() throws IOException {
    assertIsWrittenIn(SCHEMA, ConfigDocument.schema());
  }

  @Test
  void exampleLoadsAsTheDefaults() {
    assertThat(ConfigLoader.load(EXAMPLE, name -> null))
        .isEqualTo(ConfigLoader.defaults(name -> null));
  }

  @Test
  void effectiveConfigurationLoadsAsTheSameAndHidesSecrets() {
    JsonObject given =
        new JsonObject(
            """
            {"inbox":{"maxBytes":"100000","maxAge":"90m"},
             "schemas":{"mode":"warn","tenants":{"enforce":["b","a"]}},
             "webhooks":{"nameServers":["10.0.0.2","fd00::2"]}}""");
    JsonObject password = new JsonObject().put("password", "never shown");
    given.put("postgres", password);
    SwitchboardConfig config = ConfigLoader.bind("test", given, name -> null);

    JsonObject written = ConfigDocument.inForce(config);

    assertThat(written.encode()).contains("\"password\":\"***\"").doesNotContain("never shown");
    written.getJsonObject("postgres").mergeIn(password);
    assertThat(ConfigLoader.bind("test", written, name -> null)).isEqualTo(config);
  }

  @Test
  void clusterExampleLoads() {
    SwitchboardConfig config = ConfigLoader.load(Path.of("conf/cluster.json"), name -> null);

    assertThat(config.redis().mode()).isEqualTo(RedisConfig.Mode.standalone);
    assertThat(config.postgres().mode()).isEqualTo(PostgresConfig.Mode.server);
  }

  @Test
  void everySettingIsExplained() {
    assertThat(ConfigDocument.markdownTable().lines())
        .hasSizeGreaterThan(50)
        .allMatch(row -> row.matches("\\|[^|]+\\|[^|]*\\|( [^ |].*|---)\\|"));
  }

  private static void assertIsWrittenIn(Path file, JsonObject expected) throws IOException {
    String text = expected.encodePrettily() + "\n";
    if (Boolean.getBoolean("switchboard.regenerate")) {
      Files.writeString(file, text);
    }
    assertThat(file).as(FIX, file).exists();
    assertThat(Files.readString(file)).as(FIX, file).isEqualToNormalizingNewlines(text);
  }
}
