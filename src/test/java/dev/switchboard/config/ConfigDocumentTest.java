package dev.switchboard.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The example file, the JSON Schema and the tables of settings in the documentation match the code.
 * Running this test with {@code -Dswitchboard.regenerate=true} writes them again.
 */
class ConfigDocumentTest {
  private static final Path EXAMPLE = Path.of("conf/switchboard.json");
  private static final Path SCHEMA = Path.of("conf/switchboard.schema.json");
  private static final Pattern TABLE =
      Pattern.compile(
          "(<!-- settings:([A-Za-z]+) -->\\n).*?(<!-- settings:end -->)", Pattern.DOTALL);
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
    assertThat(ConfigDocument.markdownTables().values().stream().flatMap(String::lines))
        .hasSizeGreaterThan(50)
        .allMatch(row -> row.matches("\\|[^|]+\\|[^|]*\\|( [^ |].*|---)\\|"));
  }

  /** A section stands in one page, between {@code <!-- settings:NAME -->} and the next end. */
  @Test
  void pagesListEverySettingWithItsDefault() throws IOException {
    Map<String, String> tables = ConfigDocument.markdownTables();
    Set<String> found = new TreeSet<>();
    for (Path page : pages()) {
      String text = Files.readString(page);
      String expected = TABLE.matcher(text).replaceAll(table -> replacement(table, tables, found));
      if (Boolean.getBoolean("switchboard.regenerate")) {
        Files.writeString(page, expected);
        text = expected;
      }
      assertThat(text).as(FIX, page).isEqualTo(expected);
    }
    assertThat(found)
        .as("each section has a table in a page of src/docs/reference")
        .isEqualTo(new TreeSet<>(tables.keySet()));
  }

  private static String replacement(
      MatchResult table, Map<String, String> tables, Set<String> found) {
    String section = table.group(2);
    assertThat(found.add(section)).as("%s is in one page", section).isTrue();
    assertThat(tables).as("a section of the configuration").containsKey(section);
    return Matcher.quoteReplacement(table.group(1) + tables.get(section) + table.group(3));
  }

  private static List<Path> pages() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("src/docs/reference"))) {
      return files.filter(file -> file.toString().endsWith(".md")).sorted().toList();
    }
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
