package dev.switchboard.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.switchboard.config.binding.ByteSize;
import dev.switchboard.config.binding.Durations;
import dev.switchboard.config.binding.Environment;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What an operator may configure, and the messages about anything else. */
class ConfigLoaderTest {
  private static final String SECRET = "0123456789abcdef0123456789abcdef";

  @TempDir Path directory;

  @Test
  void emptyFileMeansTheDefaults() {
    SwitchboardConfig config = bind("{}", Map.of());

    assertThat(config).isEqualTo(ConfigLoader.defaults(name -> null));
    assertThat(config.http().port()).isEqualTo(8080);
    assertThat(config.redis().prefix()).isEqualTo("callcenter");
    assertThat(config.sessions().queueBytes()).isEqualTo(new ByteSize(2 << 20));
    assertThat(config.logs().maxAge()).isEqualTo(Duration.ofMinutes(10));
    assertThat(config.webhooks().allowedCidrs()).isEmpty();
  }

  @Test
  void allProblemsAreReportedTogetherWithTheirPaths() {
    ConfigException refused =
        refused(
            """
            {"http": {"port": 70000, "hots": "x"}, "sessions": {"heartbeat": "soon"},
             "logging": {"level": "loud"}, "webhooks": 3, "reddis": {},
             "auth": {"jwtSecret": "short"}, "logs": {"maxBytes": "1TiB"},
             "redis": {"nodes": [1]}, "ingest": {"maxBatch": "many"}}\
            """,
            Map.of());

    assertThat(refused.problems())
        .anySatisfy(p -> assertThat(p).isEqualTo("http.port: 70000 is outside 0..65535"))
        .anySatisfy(p -> assertThat(p).isEqualTo("http.hots: unknown key (did you mean host?)"))
        .anySatisfy(p -> assertThat(p).isEqualTo("reddis: unknown key (did you mean redis?)"))
        .anySatisfy(p -> assertThat(p).startsWith("sessions.heartbeat: is not a duration"))
        .anySatisfy(p -> assertThat(p).startsWith("logging.level: must be one of"))
        .anySatisfy(p -> assertThat(p).isEqualTo("webhooks: must be an object"))
        .anySatisfy(p -> assertThat(p).startsWith("auth: jwtSecret is shorter"))
        .anySatisfy(p -> assertThat(p).startsWith("logs.maxBytes: is not a size"))
        .anySatisfy(p -> assertThat(p).startsWith("redis.nodes: must be a string"))
        .anySatisfy(p -> assertThat(p).isEqualTo("ingest.maxBatch: must be a whole number"))
        .hasSize(10);
    assertThat(refused).hasMessageStartingWith("test has 10 problems:\n  ");
  }

  @Test
  void keyThatResemblesNoOtherIsReportedWithTheKnownOnes() {
    assertThat(refused("{\"node\": {\"zzzzzzzz\": 1}}", Map.of()).problems())
        .containsExactly(
            "node.zzzzzzzz: unknown key; known here: name, dataDirectory, storesTimeout, warmup");
  }

  @Test
  void environmentOverridesTheFile() {
    SwitchboardConfig config =
        bind(
            "{\"http\": {\"port\": 1}, \"redis\": {\"password\": \"file\"}}",
            Map.of(
                "SWITCHBOARD_HTTP_PORT", "2",
                "SWITCHBOARD_REDIS_PASSWORD", "environment",
                "SWITCHBOARD_WEBHOOKS_ALLOW_HTTP", "true",
                "SWITCHBOARD_WEBHOOKS_ALLOWED_CIDRS", "127.0.0.0/8, ::1/128,",
                "SWITCHBOARD_INGEST_MAX_PAYLOAD", "4KiB",
                "SWITCHBOARD_LOGS_MAX_AGE", "90s"));

    assertThat(config.http().port()).isEqualTo(2);
    assertThat(config.redis().password().reveal()).isEqualTo("environment");
    assertThat(config.webhooks().allowHttp()).isTrue();
    assertThat(config.webhooks().allowedCidrs())
        .extracting(Cidr::toString)
        .containsExactly("127.0.0.0/8", "::1/128");
    assertThat(config.ingest().maxPayload()).isEqualTo(new ByteSize(4_096));
    assertThat(config.logs().maxAge()).isEqualTo(Duration.ofSeconds(90));
  }

  @Test
  void problemOfTheEnvironmentNamesTheVariable() {
    assertThat(refused("{}", Map.of("SWITCHBOARD_HTTP_PORT", "x")).problems())
        .containsExactly("http.port (from SWITCHBOARD_HTTP_PORT): must be a whole number");
  }

  @Test
  void mapInAVariableMustBeAJsonObject() {
    for (String text : List.of("enforce", "[]", "null", "{")) {
      assertThat(refused("{}", Map.of("SWITCHBOARD_SCHEMAS_TENANTS", text)).problems())
          .singleElement()
          .asString()
          .startsWith("schemas.tenants (from SWITCHBOARD_SCHEMAS_TENANTS): must be a JSON object");
    }
  }

  @Test
  void keyFileThatCannotBeReadIsNamed() {
    assertThat(refused("{\"auth\": {\"publicKeys\": [\"conf/none.pem\"]}}", Map.of()).problems())
        .containsExactly("auth.publicKeys: the file \"conf/none.pem\" can't be read");
  }

  @Test
  void ruleBrokenByTheEnvironmentIsReportedOnce() {
    assertThat(refused("{}", Map.of("SWITCHBOARD_AUTH_JWT_SECRET", "short")).problems())
        .containsExactly("auth: jwtSecret is shorter than 32 characters");
    assertThat(refused("{}", Map.of("SWITCHBOARD_SESSIONS_QUEUE_BYTES", "4KiB")).problems())
        .singleElement()
        .asString()
        .startsWith("sessions.queueBytes: must be at least twice");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'mode':'cluster','database':1} | database must be 0 in cluster mode",
        "{'mode':'sentinel'} | masterName must be set in sentinel mode",
        "{'mode':'standalone','nodes':['a:1','b:2']} | nodes must name exactly one host:port",
        "{'mode':'cluster','nodes':[]} | nodes must name at least one host:port",
        "{'nodes':['a']} | \"a\" is not a host:port",
        "{'nodes':['a:65536']} | \"a:65536\" has no valid port",
        "{'nodes':['a:0']} | \"a:0\" has no valid port",
        "{'nodes':['my_redis:6379']} | \"my_redis:6379\" has no valid host name",
        "{'user':'x'} | a user needs a password",
        "{'tlsCa':'pom.xml'} | tls must be true",
        "{'tls':true,'tlsCa':'/no/such/file'} | can't be read",
        "{'tls':true,'tlsKey':'pom.xml'} | tlsCertificate and tlsKey must be set together",
        "{'mode':'clusters'} | must be one of"
      })
  void impossibleRedisIsRefused(String section, String problem) {
    String json = "{\"redis\": " + section.replace('\'', '"') + "}";

    assertThat(refused(json, Map.of()).problems())
        .singleElement()
        .asString()
        .startsWith("redis")
        .contains(problem);
  }

  @Test
  void addressesAreCheckedBeforeAnythingStarts() {
    String json =
        "{\"webhooks\": {\"allowedCidrs\": [\"10.0.0.0/8\", \"10.1/16\"],"
            + " \"nameServers\": [\"ns.example.com\"]}}";

    assertThat(refused(json, Map.of()).problems())
        .containsExactly(
            "webhooks.allowedCidrs: \"10.1/16\" is not an address range such as 10.1.0.0/16",
            "webhooks.nameServers: \"ns.example.com\" is not a name server such as 10.0.0.2"
                + " or 10.0.0.2:53");
    assertThat(refused("{}", Map.of("SWITCHBOARD_WEBHOOKS_EGRESS_ADDRESS", "eth0")).problems())
        .containsExactly("webhooks.egressAddress: \"eth0\" is not an IP address such as 10.1.2.3");
    assertThat(
            refused("{\"webhooks\": {\"allowedHosts\": [\"https://a.example\"]}}", Map.of())
                .problems())
        .singleElement()
        .asString()
        .startsWith("webhooks.allowedHosts: \"https://a.example\" is not a host");
  }

  @Test
  void nameServersAreReadWithAndWithoutAPort() {
    assertThat(NameServer.parse("10.0.0.2")).isEqualTo(new NameServer("10.0.0.2", 53));
    assertThat(NameServer.parse("10.0.0.2:5353")).isEqualTo(new NameServer("10.0.0.2", 5353));
    assertThat(NameServer.parse("fd00::2")).isEqualTo(new NameServer("fd00::2", 53));
    assertThat(NameServer.parse("[fd00::2]:5353")).isEqualTo(new NameServer("fd00::2", 5353));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "localhost", "10.0.0.2:", "10.0.0.2:0", "10.0.0.2:70000", "[fd00::2", ":53"})
  void invalidNameServerIsRefused(String text) {
    assertThatThrownBy(() -> NameServer.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("\"" + text + "\"");
  }

  @Test
  void variableMayNameAFileThatContainsTheValue() throws IOException {
    Path file = Files.writeString(directory.resolve("secret"), SECRET + "\n");

    SwitchboardConfig config =
        bind("{}", Map.of("SWITCHBOARD_AUTH_JWT_SECRET_FILE", file.toString()));

    assertThat(config.auth().jwtSecret().reveal()).isEqualTo(SECRET);
  }

  @Test
  void variableOverridesItsFile() throws IOException {
    Path file = Files.writeString(directory.resolve("password"), "from file");

    SwitchboardConfig config =
        bind(
            "{}",
            Map.of(
                "SWITCHBOARD_REDIS_PASSWORD_FILE",
                file.toString(),
                "SWITCHBOARD_REDIS_PASSWORD",
                "direct"));

    assertThat(config.redis().password().reveal()).isEqualTo("direct");
  }

  @Test
  void secretFileMustNotBeEmpty() throws IOException {
    Path file = Files.writeString(directory.resolve("password"), " \n");

    ConfigException refused =
        refused("{}", Map.of("SWITCHBOARD_REDIS_PASSWORD_FILE", file.toString()));

    assertThat(refused.problems())
        .containsExactly("SWITCHBOARD_REDIS_PASSWORD_FILE: the file " + file + " is empty");
  }

  @Test
  void settingMustNotBeGivenTwice() throws IOException {
    Path file =
        Files.writeString(
            directory.resolve("twice.json"),
            "// comment\n{\"http\": {\"port\": 1,\n  \"port\": 2}}");

    assertThatThrownBy(() -> ConfigLoader.load(file, name -> null))
        .isInstanceOfSatisfying(
            ConfigException.class,
            refused ->
                assertThat(refused.problems())
                    .singleElement()
                    .asString()
                    .contains("given twice", "line 3"));
  }

  @Test
  void secretFileThatCannotBeReadIsOneProblemAmongOthers() {
    String missing = directory.resolve("missing").toString();

    ConfigException refused =
        refused("{\"http\": {\"port\": -1}}", Map.of("SWITCHBOARD_REDIS_PASSWORD_FILE", missing));

    assertThat(refused.problems())
        .containsExactlyInAnyOrder(
            "http.port: -1 is outside 0..65535",
            "SWITCHBOARD_REDIS_PASSWORD_FILE: can't read " + missing + ": it does not exist");
  }

  @ParameterizedTest
  @CsvSource({
    "http.port, -1",
    "http.port, 65536",
    "http.port, 99999999999999999999",
    "http.port, 1.5",
    "sessions.maxPerNode, 0",
    "sessions.maxPerNode, 3000000000",
    "sessions.heartbeat, 99ms",
    "sessions.heartbeat, 301s",
    "sessions.heartbeat, 999999999999d",
    "sessions.heartbeat, 30",
    "sessions.heartbeat, -1s",
    "ingest.maxPayload, 255",
    "ingest.maxPayload, 2MiB",
    "ingest.maxPayload, 17179869185GiB",
    "ingest.maxPayload, 1kb",
    "ingest.maxRememberedIds, 999",
    "webhooks.allowHttp, yes",
    "postgres.tls, maybe",
    "redis.prefix, a:b"
  })
  void aValueOutsideItsBoundsIsAProblem(String path, String value) {
    String name = Environment.variable(path);

    assertThat(refused("{}", Map.of(name, value)).problems()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({
    "sessions.heartbeat, 99ms, 99ms is outside 100ms..5m",
    "ingest.maxPayload, 2MiB, 2MiB is outside 256..1MiB",
    "ingest.maxRememberedIds, 999, 999 is below 1000"
  })
  void boundsAreReportedInTheUnitOfTheSetting(String path, String value, String problem) {
    String variable = Environment.variable(path);

    assertThat(refused("{}", Map.of(variable, value)).problems())
        .containsExactly(path + " (from " + variable + "): " + problem);
  }

  @ParameterizedTest
  @ValueSource(strings = {"3000000000", "1e30", "1.5", "true", "\"x\"", "[]", "{}"})
  void numberInTheFileMustBeWholeAndFit(String value) {
    String file = "{\"sessions\": {\"maxPerNode\": " + value + "}}";

    assertThat(refused(file, Map.of()).problems())
        .singleElement()
        .asString()
        .startsWith("sessions.maxPerNode: ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"1024.5", "1e30", "true", "[]"})
  void sizeInTheFileMustBeAWholeNumberOrAString(String value) {
    assertThat(refused("{\"ingest\": {\"maxPayload\": " + value + "}}", Map.of()).problems())
        .singleElement()
        .asString()
        .startsWith("ingest.maxPayload: ");
  }

  @Test
  void rulesBetweenSettingsAreChecked() {
    assertThat(
            refused("{\"sessions\": {\"heartbeat\": \"60s\", \"idleTimeout\": \"60s\"}}", Map.of())
                .problems())
        .containsExactly("sessions: idleTimeout must be longer than heartbeat");
    assertThat(
            refused("{\"redis\": {\"mode\": \"standalone\", \"nodes\": []}}", Map.of()).problems())
        .singleElement()
        .asString()
        .contains("exactly one host:port");
  }

  @Test
  void secretsAreNeverPrinted() {
    SwitchboardConfig config =
        bind(
            "{\"auth\": {\"jwtSecret\": \"%s\"}, \"redis\": {\"password\": \"pa55\"}}"
                .formatted(SECRET),
            Map.of());

    assertThat(config.toString()).contains("***").doesNotContain(SECRET).doesNotContain("pa55");
    assertThat(Secret.NONE).hasToString("");
  }

  @Test
  void brokenFileIsNotQuotedBecauseItMayHoldSecrets() throws IOException {
    Path file = directory.resolve("switchboard.json");
    for (String text :
        new String[] {"{\"a\": \"hunter2\" \"b\"}", "{hunter2", "[\"hunter2\"]", ""}) {
      Files.writeString(file, text);

      ConfigException refused =
          catchThrowableOfType(ConfigException.class, () -> ConfigLoader.load(file, name -> null));

      assertThat(refused.getMessage())
          .startsWith(file + " has 1 problem:")
          .doesNotContain("hunter2");
    }
  }

  @Test
  void missingFileIsOneProblem() {
    Path missing = directory.resolve("missing.json");

    ConfigException refused =
        catchThrowableOfType(ConfigException.class, () -> ConfigLoader.load(missing, name -> null));

    assertThat(refused).hasMessageContaining("--config");
  }

  @ParameterizedTest
  @CsvSource({
    "250ms, 250",
    "30s, 30000",
    "10m, 600000",
    "24h, 86400000",
    "7d, 604800000",
    "0ms, 0",
    "1500ms, 1500",
    "90s, 90000"
  })
  void durationsAreReadAndPrintedInTheirShortestForm(String text, long millis) {
    Duration duration = Durations.parse(text);

    assertThat(duration).hasMillis(millis);
    assertThat(Durations.parse(Durations.format(duration))).isEqualTo(duration);
  }

  @ParameterizedTest
  @CsvSource({
    "512, 512, 512",
    "512B, 512, 512",
    "64KiB, 65536, 64KiB",
    "2MiB, 2097152, 2MiB",
    "1GiB, 1073741824, 1024MiB",
    "1025, 1025, 1025"
  })
  void sizesAreReadAndPrinted(String text, long bytes, String printed) {
    assertThat(ByteSize.parse(text).bytes()).isEqualTo(bytes);
    assertThat(ByteSize.parse(text)).hasToString(printed);
  }

  private static SwitchboardConfig bind(String json, Map<String, String> environment) {
    return ConfigLoader.bind("test", new JsonObject(json), environment::get);
  }

  private static ConfigException refused(String json, Map<String, String> environment) {
    ConfigException refused =
        catchThrowableOfType(ConfigException.class, () -> bind(json, environment));
    assertThat(refused).as(json + environment).isNotNull();
    return refused;
  }
}
