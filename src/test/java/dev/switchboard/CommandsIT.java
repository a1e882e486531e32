package dev.switchboard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.support.JarCommand;
import dev.switchboard.support.JarCommand.Result;
import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestRedis;
import dev.switchboard.support.Waiting;
import dev.switchboard.support.WsClient;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The jar's sub-commands, as a person at a shell sees them. */
class CommandsIT {
  @RegisterExtension static final Stores stores = new Stores();

  @TempDir Path directory;

  private Result run(String... arguments) throws IOException {
    return JarCommand.in(directory).start(arguments).await();
  }

  private String config(JsonObject json) throws IOException {
    Path file = directory.resolve("switchboard.json");
    Files.write(file, json.encode().getBytes(StandardCharsets.UTF_8));
    return file.toString();
  }

  @Test
  void checkListsEveryProblemWithItsPathAndASuggestion() throws Exception {
    JsonObject json =
        new JsonObject()
            .put("http", new JsonObject().put("prot", 8080))
            .put("webhooks", new JsonObject().put("workers", 0));

    Result result = run("check", "--config", config(json));

    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.err())
        .contains("2 problems")
        .contains("http.prot: unknown key (did you mean port?)")
        .contains("webhooks.workers: 0 is outside 1..10000");
  }

  @Test
  void checkShowsTheEffectiveConfigurationWithoutSecrets() throws Exception {
    Result result = run("check", "--config", config(TestNode.config(stores)));

    assertThat(result.exitCode()).isZero();
    assertThat(result.out()).contains("ok").doesNotContain("a secret of");
    JsonObject shown = new JsonObject(result.out().substring(result.out().indexOf('{')));
    assertThat(shown.getJsonObject("auth").getString("jwtSecret")).isEqualTo("***");
  }

  @Test
  void environmentOverridesTheFile() throws Exception {
    JsonObject json = TestNode.config(stores);
    json.getJsonObject("redis").put("timeout", "7s");
    String file = config(json);

    Result check =
        JarCommand.in(directory)
            .with("SWITCHBOARD_REDIS_TIMEOUT", "3s")
            .with("SWITCHBOARD_SESSIONS_MAX_PER_USER", "7")
            .with("SWITCHBOARD_WEBHOOKS_ALLOWED_CIDRS", "10.0.0.0/8, 127.0.0.0/8")
            .with("SWITCHBOARD_AUTH_JWT_SECRET", "another secret, long enough for HS256")
            .start("check", "--config", file)
            .await();

    assertThat(check.exitCode()).as(check.err()).isZero();
    JsonObject shown = new JsonObject(check.out().substring(check.out().indexOf('{')));
    assertThat(shown.getJsonObject("redis").getString("timeout")).isEqualTo("3s");
    assertThat(shown.getJsonObject("sessions").getInteger("maxPerUser")).isEqualTo(7);
    assertThat(shown.getJsonObject("webhooks").getJsonArray("allowedCidrs"))
        .containsExactly("10.0.0.0/8", "127.0.0.0/8");
    assertThat(check.out()).doesNotContain("another secret");
    assertOneLine(
        JarCommand.in(directory)
            .with("SWITCHBOARD_REDIS_NODES", "127.0.0.1:" + TestRedis.freePort())
            .start("run", "--config", file)
            .await(),
        "Redis at 127.0.0.1:");
  }

  @Test
  void checkPrintsTheWarningsOfRun() throws Exception {
    Result result = run("check", "--offline", "--config", config(TestNode.config(stores)));

    assertThat(result.exitCode()).isZero();
    assertThat(result.out())
        .contains("warning: Redis is used without a password")
        .contains("warning: Webhook secrets are stored unencrypted")
        .contains("warning: Webhooks may use http://")
        .contains("warning: Webhooks may reach private addresses");
  }

  @Test
  void checkNamesAMisspeltVariableAndAFileWithoutAKey() throws Exception {
    JsonObject json = TestNode.config(stores);
    Result warned =
        JarCommand.in(directory)
            .with("SWITCHBOARD_REDIS_PASSWORT", "hunter2")
            .start("check", "--offline", "--config", config(json))
            .await();
    json.getJsonObject("auth").put("publicKeys", new JsonArray().add(config(json)));
    Result refused = run("check", "--offline", "--config", config(json));

    assertThat(warned.exitCode()).as(warned.err()).isZero();
    assertThat(warned.out())
        .contains("SWITCHBOARD_REDIS_PASSWORT is unknown")
        .contains("did you mean SWITCHBOARD_REDIS_PASSWORD?")
        .doesNotContain("hunter2");
    assertThat(refused.exitCode()).isEqualTo(2);
    assertThat(refused.err()).contains("auth.publicKeys: ").doesNotContain("\tat ");
  }

  @Test
  void checkNamesAnInvalidOrigin() throws Exception {
    JsonObject json = TestNode.config(stores);
    json.put(
        "sessions",
        new JsonObject().put("allowedOrigins", new JsonArray().add("https://a.example/")));

    Result result = run("check", "--offline", "--config", config(json));

    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.err()).contains("sessions.allowedOrigins: \"https://a.example/\"");
  }

  @Test
  void checkOfTheDefaultsLeavesNothingBehind() throws Exception {
    Result result = run("check");

    assertThat(result.exitCode()).as(result.err()).isZero();
    assertThat(result.out()).contains("the defaults (conf/switchboard.json does not exist): ok");
    try (Stream<Path> left = Files.list(directory)) {
      assertThat(left).allMatch(file -> file.getFileName().toString().startsWith("command-"));
    }
  }

  @Test
  void checkOfAMissingFileSaysSo() throws Exception {
    Result result = run("check", "--config", "conf/switchboard.json");

    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.err()).contains("conf/switchboard.json").contains("can't be read");
  }

  @Test
  void checkReportsTheRulesOfEverySection() throws Exception {
    JsonObject json = TestNode.config(stores);
    json.getJsonObject("http").put("trustedProxies", new JsonArray().add("10.0.0.0/40"));
    json.getJsonObject("webhooks").put("allowedCidrs", new JsonArray().add("nowhere"));

    Result result = run("check", "--config", config(json));

    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.err())
        .contains("2 problems")
        .contains("http.trustedProxies: \"10.0.0.0/40\"")
        .contains("webhooks.allowedCidrs: \"nowhere\"");
  }

  @Test
  void revokedWidgetKeyEndsItsVisitors() throws Exception {
    JsonObject json = TestNode.config(stores);
    String file = config(json);

    Result made =
        run(
            "key",
            "widget",
            "create",
            "--config",
            file,
            "--name",
            "shop",
            "--tenant",
            "t",
            "--origin",
            "https://www.example.com,https://shop.example.com");
    String listed = run("key", "widget", "list", "--config", file, "--tenant", "t").out();
    String number = listed.split("\t")[0];
    Result revoked;
    try (TestNode node = TestNode.start(json)) {
      String key = made.out().strip();
      WsClient visitor =
          WsClient.open(
              node, "/ws/public/c?widget_key=" + key, "Origin", "https://www.example.com");
      assertThat(visitor.next().getString("type")).isEqualTo("connected");
      revoked = run("key", "widget", "revoke", "--config", file, number);
      assertThat(visitor.awaitClose().code()).isEqualTo(4404);
    }

    assertThat(made.exitCode()).as(made.err()).isZero();
    assertThat(listed)
        .contains(made.out().strip())
        .contains("https://www.example.com,https://shop.example.com");
    assertThat(revoked.exitCode()).as(revoked.err()).isZero();
    assertThat(stores.postgres().value("SELECT count(*) FROM widget_keys")).isEqualTo("0");
  }

  @Test
  void widgetKeyNeedsAValidOrigin() throws Exception {
    String file = config(TestNode.config(stores));

    Result result =
        run(
            "key",
            "widget",
            "create",
            "--config",
            file,
            "--name",
            "shop",
            "--tenant",
            "t",
            "--origin",
            "www.example.com");

    assertOneLine(result, "--origin: \"www.example.com\" is not an origin");
  }

  @Test
  void tokenPrintsOneTokenThatSignsIn() throws Exception {
    String file = config(TestNode.config(stores));

    Result result =
        run("token", "--config", file, "--tenant", "t", "--user", "456", "--role", "agent");

    assertThat(result.exitCode()).as(result.err()).isZero();
    assertThat(result.out().lines().toList()).hasSize(1);
    try (TestNode node = TestNode.start(stores)) {
      WsClient client = WsClient.signIn(node, result.out().strip());
      assertThat(client.connected().getString("user_id")).isEqualTo("456");
    }
  }

  /** It would be valid for the whole API, which nobody who names a user wants. */
  @Test
  void tokenOfAServiceTakesNoUserAndNoRole() throws Exception {
    String file = config(TestNode.config(stores));

    for (String[] option : new String[][] {{"--user", "456"}, {"--role", "agent"}}) {
      Result result = run("token", "--config", file, "--service", option[0], option[1]);

      assertOneLine(result, "leave out --user and --role");
    }
  }

  @Test
  void keyIsCreatedListedUsedAndRevoked() throws Exception {
    String file = config(TestNode.config(stores));
    Result made =
        run(
            "key",
            "create",
            "--config",
            file,
            "--name",
            "backend",
            "--scope",
            "webhooks,events:write",
            "--source",
            "127.0.0.0/8");
    assertThat(made.exitCode()).as(made.err()).isZero();
    String number = stores.postgres().value("SELECT id FROM api_keys WHERE name = 'backend'");
    try (TestNode node = TestNode.start(stores)) {
      String event = "{\"tenant_id\":\"t\",\"type\":\"alert\",\"payload\":1}";
      assertThat(node.post("/api/v1/events", event, made.out().strip()).statusCode())
          .isEqualTo(202);
    }
    assertThat(run("key", "list", "--config", file).out())
        .contains("backend\tall tenants\tevents:write,webhooks\t127.0.0.0/8\tvalid")
        .doesNotContain(made.out().strip());

    assertThat(run("key", "revoke", "--config", file, number).exitCode()).isZero();

    assertThat(run("key", "list", "--config", file).out()).contains("revoked");
  }

  @Test
  void unreachableRedisIsOneLineAndExitCode2() throws Exception {
    JsonObject json = TestNode.config(stores);
    json.getJsonObject("redis")
        .put("nodes", new JsonArray().add("127.0.0.1:" + TestRedis.freePort()));

    assertOneLine(run("run", "--config", config(json)), "Redis at 127.0.0.1:");
  }

  @Test
  void checkExaminesRedisUnlessOffline() throws Exception {
    JsonObject json = TestNode.config(stores);
    json.getJsonObject("redis").put("mode", "sentinel").put("masterName", "mymaster");
    String file = config(json);

    assertOneLine(
        run("check", "--config", file), "is not a sentinel; set redis.mode to standalone");
    assertThat(run("check", "--offline", "--config", file).exitCode()).isZero();
  }

  @Test
  void unreachablePostgresIsOneLineAndExitCode2() throws Exception {
    JsonObject json = TestNode.config(stores);
    json.getJsonObject("postgres").put("host", "127.0.0.1").put("port", TestRedis.freePort());

    assertOneLine(run("run", "--config", config(json)), "Postgres at 127.0.0.1:");
    assertOneLine(run("key", "list", "--config", config(json)), "Postgres at 127.0.0.1:");
  }

  @Test
  void keysInEmbeddedModeNeedARunningNode() throws Exception {
    JsonObject postgres = new JsonObject().put("embeddedPort", TestRedis.freePort());

    Result result =
        run("key", "list", "--config", config(new JsonObject().put("postgres", postgres)));

    assertOneLine(result, "the Postgres of a running node at 127.0.0.1:");
  }

  @Test
  void takenPortIsOneLineAndExitCode2() throws Exception {
    try (TestNode holder = TestNode.start(stores)) {
      JsonObject json = TestNode.config(stores);
      json.getJsonObject("http").put("port", holder.port());

      assertOneLine(run("run", "--config", config(json)), "http.port " + holder.port());
    }
  }

  @Test
  void missingSecretOutsideEmbeddedModeIsExplained() throws Exception {
    JsonObject json = TestNode.config(stores);
    json.remove("auth");

    Result result = run("run", "--config", config(json));

    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.err()).contains("SWITCHBOARD_AUTH_JWT_SECRET");
  }

  @Test
  void dataDirectoryThatCannotHoldTheTokenSecretIsNamed() throws Exception {
    Path file = Files.createFile(directory.resolve("data"));
    JsonObject node = new JsonObject().put("dataDirectory", file.toString());
    String config = config(new JsonObject().put("node", node));

    Result result = run("token", "--config", config, "--tenant", "t", "--user", "1");

    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.err())
        .contains("node.dataDirectory: the token secret can't be stored in " + file)
        .doesNotContain("\tat ");
  }

  @Test
  void verifyNamesAFileThatCannotBeRead() throws Exception {
    String missing = directory.resolve("missing").toString();
    String header = "X-Webhook-Signature: 00";

    assertOneLine(run("verify", "--body", missing, "-H", header), "--body: can't read " + missing);
    assertOneLine(
        run("verify", "--secret-file", missing, "--body", config(new JsonObject()), "-H", header),
        "--secret-file: can't read " + missing);
  }

  private static void assertOneLine(Result result, String message) {
    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.err().lines().toList()).hasSize(1);
    assertThat(result.err()).startsWith("switchboard: ").contains(message);
  }

  @Test
  void developmentRunServesADemonstrationToWhoHasItsLinks() throws Exception {
    String file = config(TestNode.config(stores));
    try (JarCommand node =
        JarCommand.in(directory).start("run", "--development", "--config", file)) {
      Waiting.until(
          "the links are printed",
          Duration.ofMinutes(1),
          () -> node.out().contains("visitor's page"));
      Matcher link =
          Pattern.compile("wallboard +(http://[^#]+)wallboard.html#(\\S+)").matcher(node.out());
      assertThat(link.find()).isTrue();

      assertThat(node.out()).contains("Webhooks may use http:// and reach this machine");
      HttpResponse<String> page = get(link.group(1) + "wallboard.html");
      assertThat(page.statusCode()).isEqualTo(200);
      assertThat(page.body()).contains("<title>").doesNotContain(link.group(2));
      assertThat(page.headers().firstValue("Content-Security-Policy").orElse(""))
          .contains("script-src 'self'", "frame-ancestors 'none'", "trusted-types 'none'")
          .doesNotContain("unsafe");
      assertThat(get(link.group(1)).statusCode()).isEqualTo(200);
      assertThat(get(link.group(1) + "common.js").headers().firstValue("Content-Type"))
          .contains("text/javascript; charset=utf-8");
      assertThat(get(link.group(1) + "nothing.html").statusCode()).isEqualTo(404);
    }
  }

  private static HttpResponse<String> get(String address) throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create(address)).build(),
            HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void eachDevelopmentRunReplacesTheKeyOfTheLast() throws Exception {
    String file = config(TestNode.config(stores));
    stores
        .postgres()
        .execute(
            "INSERT INTO api_keys (name, key_hash, tenant_id, scopes)"
                + " VALUES ('first try', '\\x01', 'tenant-123', '{events:write}')");

    for (int run = 0; run < 2; run++) {
      try (JarCommand node =
          JarCommand.in(directory).start("run", "--development", "--config", file)) {
        Waiting.until(
            "the key is printed",
            Duration.ofMinutes(1),
            () -> node.out().contains("API key, every tenant and scope"));
      }
    }

    assertThat(
            stores
                .postgres()
                .query(
                    "SELECT count(*), tenant_id FROM api_keys WHERE name = 'first try'"
                        + " GROUP BY tenant_id ORDER BY tenant_id"))
        .containsExactly(List.of("1", "tenant-123"), Arrays.asList("1", null));
  }
}
