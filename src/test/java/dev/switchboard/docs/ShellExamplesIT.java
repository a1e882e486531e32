package dev.switchboard.docs;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.support.Programs;
import dev.switchboard.support.Stores;
import dev.switchboard.support.TestCertificates;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestTokens;
import dev.switchboard.support.WebhookReceiver;
import dev.switchboard.support.WsClient;
import dev.switchboard.webhooks.WebhookTable;
import io.vertx.core.json.JsonObject;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Runs every shell command and every statement of SQL of the documentation against a node: those of
 * a page in one shell, as a reader does who pastes them one after the other. Only addresses and ids
 * differ.
 */
@SuppressWarnings("NullAway.Init")
class ShellExamplesIT {
  @RegisterExtension static final Stores stores = new Stores();

  private static final long WAIT_SECONDS = 90;
  private static final String TENANT = "tenant-123";
  private static final String SECRET = "your-secret-key";
  private static final String ENCRYPTION_KEY = "first:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

  /** Blocks that are not run, by the beginning of a line in them, with the reason. */
  private static final Map<String, String> NOT_RUN =
      Map.ofEntries(
          entry("scripts/run ", "builds the project"),
          entry("scripts/test ", "runs this test"),
          entry("mvn ", "builds the project"),
          entry(
              "scripts/train ",
              "runs a node under load for a minute; the scripts for Docker do it"),
          entry("scripts/rolling ", "takes minutes; ProxyRestartIT is a smaller one"),
          entry("scripts/soak ", "takes an hour"),
          entry("git checkout ", "builds another version"),
          entry("OTEL_EXPORTER_OTLP_ENDPOINT=", "runs a node; TracingIT does, with a collector"),
          entry("docker ", "needs Docker"),
          entry("kubectl ", "needs a cluster of Kubernetes"),
          entry("helm ", "needs Helm; scripts/helm uses the chart"));

  /** Commands that do not end by themselves. */
  private static final Pattern FOLLOWING =
      Pattern.compile("(?m)^.*(?:\\.jar listen|\\.jar simulate| PSUBSCRIBE |(?:curl|ask) -N).*$");

  private static TestNode node;
  private static WebhookReceiver receiver;
  private static WebhookTable webhooks;
  private static WsClient session;
  private static String key;

  @TempDir Path directory;

  @BeforeAll
  static void start() {
    JsonObject config = TestNode.config(stores);
    config.put("portal", new JsonObject().put("enabled", true));
    config.put("encryption", new JsonObject().put("keys", ENCRYPTION_KEY));
    node = TestNode.start(config);
    receiver = new WebhookReceiver();
    webhooks = new WebhookTable(stores, TENANT);
    session = WsClient.signIn(node, TestTokens.user("acme", "42"));
    key = TestTokens.service();
    makeWhatTheExamplesName();
  }

  /** The documentation names webhooks 17 and 42, attempt 1234 and delivery 1071. */
  private static void makeWhatTheExamplesName() {
    webhook(42, receiver.url());
    webhook(17, "https://127.0.0.1:9/");
    String envelope = webhooks.envelope("k3f9-1042", "{\"caller_id\":\"+1234567890\"}");
    stores
        .postgres()
        .execute(
            "INSERT INTO webhook_logs (id, webhook_id, tenant_id, delivery_id, event_id, event,"
                + " payload, error, attempt, outcome) VALUES (1234, 42, '"
                + TENANT
                + "', 1070, 'k3f9-1041', 'call.incoming', '{\"event\":\"call.incoming\","
                + "\"timestamp\":1795472999,\"data\":{}}', 'connect: refused', 4, 'failed')");
    stores
        .postgres()
        .execute(
            "INSERT INTO webhook_deliveries (id, webhook_id, tenant_id, event_id, event, envelope,"
                + " accepted_at, state, attempt, due_at) OVERRIDING SYSTEM VALUE VALUES (1071, 42, '"
                + TENANT
                + "', 'k3f9-1042', 'call.incoming', "
                + envelope
                + ", now(), 'waiting', 1, now() + interval '1 hour')");
  }

  private static void webhook(int id, String url) {
    stores
        .postgres()
        .execute(
            "INSERT INTO webhooks (id, tenant_id, name, url, events) VALUES (%d, '%s', 'shown', '%s', '[\"other.*\"]')"
                .formatted(id, TENANT, url));
  }

  @AfterAll
  static void stop() {
    session.close();
    receiver.close();
    node.close();
  }

  static Stream<String> pages() {
    return CodeBlock.in("sh", "sql").stream()
        .filter(block -> reasonNotToRun(block).isEmpty())
        .map(CodeBlock::page)
        .distinct();
  }

  private static String reasonNotToRun(CodeBlock block) {
    return NOT_RUN.entrySet().stream()
        .filter(entry -> block.text().lines().anyMatch(line -> line.startsWith(entry.getKey())))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElse("");
  }

  @Test
  void everyReasonNotToRunABlockIsNeeded() {
    List<CodeBlock> blocks = CodeBlock.in("sh", "sql");

    assertThat(NOT_RUN.keySet())
        .allMatch(
            beginning ->
                blocks.stream()
                    .anyMatch(
                        block ->
                            block.text().lines().anyMatch(line -> line.startsWith(beginning))));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("pages")
  void commandsOfThePageSucceed(String page) throws Exception {
    prepareFiles();
    String commands = script(page);
    for (String program : List.of("curl", "redis-cli", "psql", "jq", "openssl")) {
      if (commands.contains(program + " ")) {
        String unused = Programs.installed().require(program, "ShellExamplesIT for " + page);
      }
    }
    Path script = Files.writeString(directory.resolve("page.sh"), commands);
    Path output = directory.resolve("output");

    ProcessBuilder builder =
        new ProcessBuilder("bash", script.toString())
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectInput(new File("/dev/null"))
            .redirectOutput(output.toFile());
    builder.environment().putAll(environment());
    Process shell = builder.start();
    try {
      boolean ended = shell.waitFor(WAIT_SECONDS, TimeUnit.SECONDS);
      String printed = Files.readString(output);

      assertThat(ended).as("%s did not end:%n%s", page, printed).isTrue();
      assertThat(shell.exitValue()).as("%s:%n%s", page, printed).isZero();
      assertThat(expected(page)).allSatisfy(text -> assertThat(printed).as(page).contains(text));
    } finally {
      shell.descendants().forEach(ProcessHandle::destroyForcibly);
      Process unused = shell.destroyForcibly();
    }
  }

  /** What shows that the commands of a page did what the page says. */
  private static List<String> expected(String page) {
    return switch (page) {
      case "concepts/inbox" -> List.of("\"text\":\"Call me\"");
      case "concepts/presence" -> List.of("SISMEMBER");
      case "guides/cloudevents" -> List.of("ce-id: 43", "\"event_id\"");
      case "guides/slack-and-chat" -> List.of("call.incoming: +1234567890");
      case "guides/webhooks-operate" -> List.of("success_rate", "1071", "\"secret\"");
      case "guides/webhook-client-certificates" -> List.of("\"client_key\":\"***\"");
      case "guides/visitors-widget" -> List.of("shop", "chat.message");
      case "operate/encryption" -> List.of("webhooks changed");
      case "operate/inspecting-a-cluster" -> List.of("\"totals\"", "\"refusals\"", "event: ready");
      case "reference/configuration" -> List.of("\"jwtSecret\" : \"***\"");
      default -> List.of();
    };
  }

  private void prepareFiles() throws IOException, GeneralSecurityException {
    for (String folder : List.of("target", "conf")) {
      Path unused =
          Files.createSymbolicLink(directory.resolve(folder), Path.of(folder).toAbsolutePath());
    }
    TestCertificates certificates = new TestCertificates();
    copy(certificates.file("client.crt"), "client.crt");
    copy(certificates.file("client.key"), "client.pem");
    write("body.json", "{\"event\":\"call.incoming\",\"timestamp\":1795472999,\"data\":{}}");
    write(
        "events.jsonl", "{\"type\":\"alert\",\"payload\":1}\n{\"type\":\"alert\",\"payload\":2}\n");
  }

  private void copy(String from, String to) throws IOException {
    Path unused = Files.copy(Path.of(from), directory.resolve(to));
  }

  private void write(String file, String text) throws IOException {
    Path unused = Files.writeString(directory.resolve(file), text);
  }

  /** Stores and ports as every command of the jar reads them. */
  private static Map<String, String> environment() {
    JsonObject postgres = stores.postgres().section();
    Map<String, String> environment = new TreeMap<>();
    environment.put("JAVA_TOOL_OPTIONS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC");
    environment.put("SWITCHBOARD_HTTP_PORT", Integer.toString(node.port()));
    environment.put("SWITCHBOARD_AUTH_JWT_SECRET", TestTokens.SECRET);
    environment.put("SWITCHBOARD_ENCRYPTION_KEYS", ENCRYPTION_KEY);
    environment.put("SWITCHBOARD_REDIS_MODE", "standalone");
    environment.put("SWITCHBOARD_REDIS_NODES", stores.redis().address());
    postgres.forEach(
        setting ->
            environment.put(
                "SWITCHBOARD_POSTGRES_" + setting.getKey().toUpperCase(Locale.ROOT),
                String.valueOf(setting.getValue())));
    environment.put("PGPASSWORD", postgres.getString("password"));
    environment.put("KEY", key);
    environment.put("PUBLISHER", key);
    environment.put("TOKEN", TestTokens.user(TENANT, "456", "admin"));
    return environment;
  }

  private String script(String page) throws GeneralSecurityException, IOException {
    String commands =
        CodeBlock.in("sh", "sql").stream()
            .filter(block -> block.page().equals(page))
            .filter(block -> reasonNotToRun(block).isEmpty())
            .map(ShellExamplesIT::commands)
            .collect(Collectors.joining("\n"));
    return BEFORE + forThisNode(commands) + AFTER;
  }

  private static String commands(CodeBlock block) {
    String text = block.text();
    if (block.language().equals("sql")) {
      // Roles belong to all databases of the server; SchemaAndRolesIT makes them under other names.
      String own =
          text.replace("switchboard_owner", "owner_of_page")
              .replace("TO switchboard;", "TO role_of_page;")
              .replace("ROLE switchboard ", "ROLE role_of_page ");
      return "psql -h 127.0.0.1 -p 15432 -U switchboard switchboard <<'SQL'\n" + own + "SQL\n";
    }
    return FOLLOWING
        .matcher(text)
        .replaceAll(
            line ->
                Matcher.quoteReplacement(
                    "{ " + line.group() + "\n} >followed.${#jobs[@]} 2>&1 & jobs+=($!)"));
  }

  private String forThisNode(String commands) throws GeneralSecurityException, IOException {
    JsonObject postgres = stores.postgres().section();
    String url = "http://127.0.0.1:" + node.port();
    String psql =
        "psql -v ON_ERROR_STOP=1 -h %s -p %s -U %s %s"
            .formatted(
                postgres.getString("host"),
                postgres.getValue("port"),
                postgres.getString("user"),
                postgres.getString("database"));
    return commands
        .replace("http://127.0.0.1:8080", url)
        .replace(" localhost:8080", " " + url)
        .replace("https://events.example.com", url)
        .replace("https://switchboard.example.com", url)
        .replace("https://hooks.slack.com/services", "http://127.0.0.1:9/services")
        .replace("https://example.com/hooks", "http://127.0.0.1:9/hooks")
        .replace(
            "redis-cli -p 16379",
            "redis-cli -h " + stores.redis().host() + " -p " + stores.redis().port())
        .replace("psql -h 127.0.0.1 -p 15432 -U switchboard switchboard", psql)
        .replace("jar switchboard.jar", "jar target/switchboard.jar")
        .replace("/etc/switchboard/switchboard.json", "conf/switchboard.json")
        .replace("KEY=…", "KEY=$KEY")
        .replace("<token>", "$KEY")
        .replace("23d8c0e9…", signature())
        .replace(
            "0b0d1f5e-5f0a-4f0c-9a53-0a3a8f7d1c11", session.connected().getString("connection_id"));
  }

  private String signature() throws GeneralSecurityException, IOException {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
    byte[] body = Files.readAllBytes(directory.resolve("body.json"));
    return HexFormat.of().formatHex(mac.doFinal(body));
  }

  /** An answer that reports an error fails, and so does the page. */
  private static final String BEFORE =
      """
      set -euo pipefail
      shopt -s expand_aliases
      curl() { command curl -sS --fail-with-body "$@"; }
      jobs=()
      set -xm
      """;

  /** Publishes until every command that follows something has shown it. */
  private static final String AFTER =
      """

      { set +x; } 2>/dev/null
      publish() {
        for tenant in tenant-123 acme; do
          curl "http://127.0.0.1:$SWITCHBOARD_HTTP_PORT/api/v1/events" -o /dev/null \\
            -H "Authorization: Bearer $PUBLISHER" -H "Content-Type: application/json" \\
            -d "{\\"tenant_id\\":\\"$tenant\\",\\"type\\":\\"call.incoming\\",\\"payload\\":{\\"queue\\":\\"queue-7\\"}}"
        done
      }
      for n in "${!jobs[@]}"; do
        for try in $(seq 100); do
          if grep -Eq '"queue-7"|simulate: seed|"node":"' "followed.$n"; then break; fi
          publish
          sleep 0.1
        done
        cat "followed.$n"
        [ "$try" -lt 100 ]
        kill -- "-${jobs[$n]}" 2>/dev/null || true
      done
      """;
}
