package dev.switchboard.ops;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.support.Programs;
import dev.switchboard.support.PromQl;
import dev.switchboard.support.Scrape;
import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestTokens;
import dev.switchboard.support.Waiting;
import dev.switchboard.support.WsClient;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.yaml.snakeyaml.Yaml;

/** The alerts and the dashboard in {@code conf/} name only what a running node exports. */
@SuppressWarnings("NullAway.Init")
class ObservabilityIT {
  @RegisterExtension static final Stores stores = new Stores();

  private static final Path ALERTS = Path.of("conf/prometheus/alerts.yaml");
  private static final Path ALERT_TESTS = Path.of("conf/prometheus/alerts_test.yaml");
  private static final Path DASHBOARD = Path.of("conf/grafana/switchboard.json");
  private static final Path RUNBOOKS = Path.of("src/docs/operate/runbooks");
  private static final String RUNBOOK_URL = "/docs/operate/runbooks/";
  private static final Pattern LABEL_IN_TEXT = Pattern.compile("\\$labels\\.(\\w+)");

  /** Labels that Prometheus adds. */
  private static final Set<String> OF_TARGETS = Set.of("job", "instance");

  private static TestNode node;
  private static Scrape scrape;

  /** An expression and where it is. */
  private record Expression(String place, String text) {}

  /** Metrics of a route, a role or a pause of the JVM appear with the first of them. */
  @BeforeAll
  static void startAndUseNode() {
    JsonObject config = TestNode.config(stores);
    config.put("metrics", new JsonObject().put("tenants", new JsonArray().add("tenant-listed")));
    node = TestNode.start(config);
    try (WsClient client = WsClient.signIn(node, TestTokens.user("tenant-listed", "1"))) {
      JsonObject payload = new JsonObject().put("caller_id", "+1");
      node.publish(
          new JsonObject()
              .put("tenant_id", "tenant-listed")
              .put("type", "call.incoming")
              .put("payload", payload));
      assertThat(client.next().getString("type")).isEqualTo("call.incoming");
    }
    Waiting.until(
        "a pause is measured",
        () -> {
          Scrape unused = Scrape.of(node);
          System.gc();
          return Scrape.of(node).has("jvm_gc_pause_seconds_sum");
        });
    scrape = Scrape.of(node);
  }

  @AfterAll
  static void stopNode() {
    node.close();
  }

  @Test
  void alertsNameWhatANodeExports() {
    assertExported(
        rules().stream()
            .map(rule -> new Expression(text(rule, "alert"), text(rule, "expr")))
            .toList());
  }

  @Test
  void panelsAndVariablesNameWhatANodeExports() throws IOException {
    JsonObject dashboard = new JsonObject(Files.readString(DASHBOARD));
    List<Expression> expressions = new ArrayList<>();
    for (JsonObject panel : objects(dashboard.getJsonArray("panels"))) {
      for (JsonObject target : objects(panel.getJsonArray("targets", new JsonArray()))) {
        expressions.add(new Expression(panel.getString("title"), target.getString("expr")));
      }
    }
    for (JsonObject variable :
        objects(dashboard.getJsonObject("templating").getJsonArray("list"))) {
      if (variable.getString("type").equals("query")) {
        String query = variable.getJsonObject("query").getString("query");
        String name = variable.getString("name");
        expressions.add(
            new Expression(
                name, query.replaceAll("label_values\\((.*), (\\w+)\\)", "sum by ($2) ($1)")));
      }
    }

    assertThat(expressions).hasSizeGreaterThan(50);
    assertExported(expressions);
  }

  @Test
  void dashboardShowsEveryMetricOfTheServer() throws IOException {
    String dashboard = Files.readString(DASHBOARD);
    Set<String> missing =
        scrape.samples().stream()
            .map(sample -> sample.name().replaceAll("_(bucket|count|sum|max)$", ""))
            .filter(name -> name.startsWith("switchboard_"))
            .filter(name -> !dashboard.contains(name))
            .collect(Collectors.toSet());

    assertThat(missing).isEmpty();
  }

  private static void assertExported(List<Expression> expressions) {
    SoftAssertions softly = new SoftAssertions();
    for (Expression expression : expressions) {
      PromQl read = new PromQl(expression.text());
      softly.assertThat(read.selectors()).as(expression.place()).isNotEmpty();
      read.selectors().forEach(selector -> assertExported(softly, expression, selector));
      softly
          .assertThat(labels(read))
          .as("labels by which \"%s\" groups", expression.place())
          .containsAll(read.grouping());
    }
    softly.assertAll();
  }

  private static Set<String> labels(PromQl read) {
    Set<String> labels = new HashSet<>(OF_TARGETS);
    read.selectors().forEach(selector -> labels.addAll(scrape.labelsOf(selector.metric())));
    return labels;
  }

  private static void assertExported(
      SoftAssertions softly, Expression expression, PromQl.Selector selector) {
    String metric = selector.metric();
    if (metric.equals("up")) {
      return;
    }
    softly.assertThat(scrape.has(metric)).as("%s of \"%s\"", metric, expression.place()).isTrue();
    for (PromQl.Match match : selector.matches()) {
      if (!OF_TARGETS.contains(match.label())) {
        softly
            .assertThat(scrape.valuesOf(metric, match.label()))
            .as("%s of %s of \"%s\"", match.label(), metric, expression.place())
            .isNotEmpty()
            .containsAll(match.values());
      }
    }
  }

  @Test
  void everyAlertSaysHowUrgentItIsWhatHappensAndWhatToDo() throws IOException {
    Set<String> pages = new HashSet<>();
    for (Map<String, Object> rule : rules()) {
      String alert = text(rule, "alert");
      assertThat(text(section(rule, "labels"), "severity")).as(alert).isIn("critical", "warning");
      Map<String, Object> annotations = section(rule, "annotations");
      Set<String> inText =
          LABEL_IN_TEXT
              .matcher(text(annotations, "summary"))
              .results()
              .map(found -> found.group(1))
              .collect(Collectors.toSet());
      PromQl read = new PromQl(text(rule, "expr"));
      assertThat(read.isGrouped() ? read.grouping() : labels(read))
          .as("labels of %s", alert)
          .containsAll(inText);
      String url = text(annotations, "runbook_url");
      assertThat(url).as(alert).startsWith(RUNBOOK_URL);
      Path page = RUNBOOKS.resolve(url.substring(RUNBOOK_URL.length()) + ".md");
      assertThat(page).content().as(alert).contains("Alert: `" + alert + "`");
      pages.add(page.getFileName().toString());
    }
    assertThat(rules()).hasSizeGreaterThanOrEqualTo(12);
    try (Stream<Path> all = Files.list(RUNBOOKS)) {
      assertThat(all.map(file -> file.getFileName().toString()))
          .as("pages without an alert")
          .filteredOn(name -> !name.equals("index.md"))
          .isSubsetOf(pages);
    }
  }

  @Test
  void everyAlertHasAUnitTest() throws IOException {
    String tests = Files.readString(ALERT_TESTS);

    assertThat(rules())
        .allMatch(rule -> tests.contains("alertname: " + text(rule, "alert") + "\n"));
  }

  @Test
  void promtoolAcceptsTheRules() throws Exception {
    String promtool = Programs.installed().require("promtool", "ObservabilityIT");

    assertThat(run(null, promtool, "check", "rules", ALERTS.toString())).isZero();
    assertThat(run(null, promtool, "test", "rules", ALERT_TESTS.toString())).isZero();
  }

  @Test
  void promtoolAcceptsTheMetricsOfTheServer() throws Exception {
    String promtool = Programs.installed().require("promtool", "ObservabilityIT");
    Path own = Files.createTempFile(Path.of("target").toAbsolutePath(), "metrics", ".txt");
    Path unused =
        Files.write(
            own,
            node.manage("/metrics")
                .body()
                .lines()
                .filter(line -> line.replaceFirst("^# (HELP|TYPE) ", "").startsWith("switchboard_"))
                .toList());

    assertThat(run(own, promtool, "check", "metrics")).isZero();
    Files.delete(own);
  }

  private static int run(@Nullable Path input, String... command) throws Exception {
    ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
    if (input != null) {
      builder.redirectInput(input.toFile());
    }
    Process process = builder.start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return process.exitValue();
  }

  private static List<JsonObject> objects(JsonArray array) {
    return array.stream().map(JsonObject.class::cast).toList();
  }

  private static List<Map<String, Object>> rules() {
    try {
      Map<String, Object> file = new Yaml().load(Files.readString(ALERTS));
      return sections(file, "groups").stream()
          .flatMap(group -> sections(group, "rules").stream())
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @SuppressWarnings("unchecked")
  private static List<Map<String, Object>> sections(Map<String, Object> parent, String name) {
    return (List<Map<String, Object>>) requireNonNull(parent.get(name), name);
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> section(Map<String, Object> parent, String name) {
    return (Map<String, Object>) requireNonNull(parent.get(name), name);
  }

  private static String text(Map<String, Object> parent, String name) {
    return String.valueOf(parent.get(name));
  }
}
