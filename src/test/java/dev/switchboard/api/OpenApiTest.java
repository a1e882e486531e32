package dev.switchboard.api;

import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.toCollection;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.switchboard.api.client.ClientFiles;
import dev.switchboard.api.console.ConfigRoutes;
import dev.switchboard.api.console.ConsoleFileRoutes;
import dev.switchboard.api.console.ConsoleFiles;
import dev.switchboard.api.console.ConsoleSessionRoutes;
import dev.switchboard.api.console.PortalRoutes;
import dev.switchboard.api.docs.Docs;
import dev.switchboard.api.docs.DocsRoutes;
import dev.switchboard.api.http.Callers;
import dev.switchboard.api.http.Cors;
import dev.switchboard.api.http.Guard;
import dev.switchboard.api.http.Network;
import dev.switchboard.api.http.Problem.Kind;
import dev.switchboard.api.http.RefusalRecorder;
import dev.switchboard.api.http.RequestMeters;
import dev.switchboard.api.http.RouteGroup;
import dev.switchboard.api.inspect.AttemptTraceRoutes;
import dev.switchboard.api.inspect.ClusterQuestions;
import dev.switchboard.api.inspect.NodeRoutes;
import dev.switchboard.api.inspect.RefusalRoutes;
import dev.switchboard.api.inspect.TenantTopics;
import dev.switchboard.api.inspect.TraceRoutes;
import dev.switchboard.api.inspect.UserSessionRoutes;
import dev.switchboard.api.keys.KeyRoutes;
import dev.switchboard.api.keys.WidgetRoutes;
import dev.switchboard.api.webhooks.CallerServices;
import dev.switchboard.api.webhooks.WebhookRoutes;
import dev.switchboard.auth.ApiKeyStore;
import dev.switchboard.auth.ApiKeyUses;
import dev.switchboard.auth.Authenticator;
import dev.switchboard.auth.Origins;
import dev.switchboard.auth.Revocations;
import dev.switchboard.auth.Roles;
import dev.switchboard.auth.TicketStore;
import dev.switchboard.auth.Tokens;
import dev.switchboard.auth.TrustedProxies;
import dev.switchboard.auth.widgets.WidgetAuthenticator;
import dev.switchboard.auth.widgets.WidgetKeyStore;
import dev.switchboard.bus.inspection.RecentRefusals;
import dev.switchboard.config.ConfigLoader;
import dev.switchboard.config.Secret;
import dev.switchboard.config.SwitchboardConfig;
import dev.switchboard.event.ChatSessionId;
import dev.switchboard.event.EventId;
import dev.switchboard.event.EventType;
import dev.switchboard.event.InvalidNameException;
import dev.switchboard.event.TenantId;
import dev.switchboard.event.Topic;
import dev.switchboard.event.UserId;
import dev.switchboard.ingest.Ingest;
import dev.switchboard.ingest.IngestMeters;
import dev.switchboard.ingest.IngestStores;
import dev.switchboard.ingest.RateLimits;
import dev.switchboard.ingest.parse.EventReader;
import dev.switchboard.ingest.parse.EventRules;
import dev.switchboard.ingest.parse.InvalidEventsException;
import dev.switchboard.ingest.parse.MessageReader;
import dev.switchboard.ingest.parse.PayloadCheck;
import dev.switchboard.kept.KeptStore;
import dev.switchboard.postgres.Database;
import dev.switchboard.redis.ControlChannel;
import dev.switchboard.redis.EventLog;
import dev.switchboard.redis.Keys;
import dev.switchboard.redis.NodeCounts;
import dev.switchboard.redis.RedisCommands;
import dev.switchboard.redis.connection.RedisClients;
import dev.switchboard.redis.nodes.NodeQuestions;
import dev.switchboard.redis.nodes.NodeReports;
import dev.switchboard.redis.nodes.TenantChannels;
import dev.switchboard.sessions.EventLoop;
import dev.switchboard.sessions.Hub;
import dev.switchboard.sessions.NodeSessions;
import dev.switchboard.sessions.SessionDependencies;
import dev.switchboard.sessions.registry.SessionCount;
import dev.switchboard.sessions.registry.UserSessions;
import dev.switchboard.sessions.session.SessionTime;
import dev.switchboard.sessions.signin.SessionAccess;
import dev.switchboard.sessions.trace.TraceSlots;
import dev.switchboard.support.TestLimits;
import dev.switchboard.time.LoopScheduler;
import dev.switchboard.time.RepeatingTasks;
import dev.switchboard.time.Ticker;
import dev.switchboard.tracing.Tracing;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** Holds openapi.yaml against the routes, the kinds of problem and the reader of events. */
class OpenApiTest {
  private final Map<?, ?> document = read();
  private final SwitchboardConfig config = ConfigLoader.defaults(name -> null);
  private final EventRules rules =
      new EventRules(
          config.redis().prefix(),
          config.ingest().maxPayload().toInt(),
          config.ingest().maxBatch(),
          new PayloadCheck(config.schemas(), new SimpleMeterRegistry()));
  private final EventReader reader = new EventReader(rules);

  @Test
  void describesEveryRouteAndNoOther() throws Exception {
    Set<String> described = new TreeSet<>(operations().keySet());

    Set<String> routes = routes();

    // HEAD is answered wherever GET is, and need not be described.
    described.removeIf(operation -> operation.startsWith("head "));
    routes.removeIf(operation -> operation.startsWith("head "));
    assertThat(described).isEqualTo(routes);
  }

  @Test
  void listsEveryKindOfProblem() {
    List<?> listed = list("components", "schemas", "Problem", "properties", "type", "enum");

    List<String> kinds = Arrays.stream(Kind.values()).map(Kind::type).toList();

    assertThat(listed.stream().map(String::valueOf)).containsExactlyElementsOf(kinds);
  }

  @Test
  void describesOnlyExistingFailures() {
    Set<String> statuses =
        Arrays.stream(Kind.values()).map(kind -> Integer.toString(kind.status())).collect(toSet());

    Set<String> described =
        operations().values().stream()
            .flatMap(
                operation ->
                    ((Map<?, ?>) requireNonNull(operation.get("responses"))).keySet().stream())
            .map(String::valueOf)
            .filter(status -> status.compareTo("400") >= 0)
            .collect(toSet());

    assertThat(statuses).containsAll(described);
  }

  @Test
  void describesTheMembersThatAreRead() {
    Set<String> properties =
        map("components", "schemas", "NewEvent", "properties").keySet().stream()
            .map(String::valueOf)
            .collect(toSet());

    InvalidEventsException refused = refused("{\"no_such_member\":1}");

    String known = "is unknown; an event has ";
    String text =
        refused.errors().stream()
            .map(error -> error.message())
            .filter(message -> message.startsWith(known))
            .findFirst()
            .orElseThrow();
    assertThat(text.substring(known.length()).split(", "))
        .containsExactlyInAnyOrderElementsOf(properties);
  }

  @Test
  void namesTheMembersThatAreRequired() {
    List<?> required = list("components", "schemas", "NewEvent", "required");

    InvalidEventsException refused = refused("{}");

    assertThat(refused.errors())
        .allMatch(error -> error.message().equals("is required"))
        .extracting(error -> error.pointer().substring(1))
        .containsExactlyElementsOf(required.stream().map(String::valueOf).toList());
  }

  @Test
  void showsExamplesThatAreAccepted() {
    Map<?, ?> examples =
        map(
            "paths",
            "/api/v1/events",
            "post",
            "requestBody",
            "content",
            "application/json",
            "examples");

    assertThat(examples).isNotEmpty();
    examples.forEach(
        (name, example) -> {
          Object value = requireNonNull(((Map<?, ?>) example).get("value"));
          EventReader.Body body = reader.read(Json.encode(value).getBytes(StandardCharsets.UTF_8));
          assertThat(body.events()).as("example %s", name).isNotEmpty();
        });
  }

  @Test
  void writesTheRulesOfNamesAsPatterns() {
    Map<String, Function<String, Object>> names =
        Map.of(
            "TenantId", TenantId::new,
            "UserId", UserId::new,
            "EventId", EventId::new,
            "ChatSessionId", ChatSessionId::new,
            "Topic", Topic::new,
            "EventType", EventType::new);
    List<String> samples =
        List.of(
            "",
            "a",
            "A",
            "7",
            "-a",
            ".a",
            "a.",
            "a..b",
            "a.b-c_d",
            "a~b",
            "a:b",
            "a@b",
            "a+b",
            "a b",
            "a/b",
            "ä",
            "a".repeat(64),
            "a".repeat(65),
            "a".repeat(100),
            "a".repeat(101),
            "a".repeat(128),
            "a".repeat(129),
            "a".repeat(200),
            "a".repeat(201));

    names.forEach(
        (name, parse) -> {
          Map<?, ?> schema = map("components", "schemas", name);
          Pattern pattern = Pattern.compile(String.valueOf(schema.get("pattern")));
          int maxLength =
              schema.get("maxLength") instanceof Integer given ? given : Integer.MAX_VALUE;
          for (String sample : samples) {
            boolean described = sample.length() <= maxLength && pattern.matcher(sample).find();
            assertThat(described).as("%s \"%s\"", name, sample).isEqualTo(accepts(parse, sample));
          }
        });
  }

  @Test
  void namesTheMaximumBatch() {
    List<?> forms =
        list(
            "paths",
            "/api/v1/events",
            "post",
            "requestBody",
            "content",
            "application/json",
            "schema",
            "oneOf");

    Object maxItems = requireNonNull((Map<?, ?>) forms.get(1)).get("maxItems");

    assertThat(maxItems).isEqualTo(config.ingest().maxBatch());
  }

  @Test
  void refersOnlyToExistingComponents() {
    Set<String> references = new TreeSet<>();

    collectReferences(document, references);

    assertThat(references).isNotEmpty();
    for (String reference : references) {
      assertThat(value(reference.substring("#/".length()).split("/"))).as(reference).isNotNull();
    }
  }

  private static boolean accepts(Function<String, Object> parse, String sample) {
    try {
      return parse.apply(sample) != null;
    } catch (InvalidNameException refused) {
      return false;
    }
  }

  private InvalidEventsException refused(String body) {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    return assertThrows(InvalidEventsException.class, () -> reader.read(bytes));
  }

  private static void collectReferences(Object node, Set<String> references) {
    if (node instanceof Map<?, ?> map) {
      map.forEach(
          (key, value) -> {
            if (key.equals("$ref")) {
              references.add(String.valueOf(value));
            } else {
              collectReferences(value, references);
            }
          });
    } else if (node instanceof List<?> list) {
      list.forEach(element -> collectReferences(element, references));
    }
  }

  private Object value(String... path) {
    Object node = document;
    for (String step : path) {
      node =
          requireNonNull(((Map<?, ?>) node).get(step), () -> "openapi.yaml lacks " + List.of(path));
    }
    return node;
  }

  private Map<?, ?> map(String... path) {
    return (Map<?, ?>) value(path);
  }

  private List<?> list(String... path) {
    return (List<?>) value(path);
  }

  /** Each operation under its method and path. */
  private Map<String, Map<?, ?>> operations() {
    Map<String, Map<?, ?>> operations = new TreeMap<>();
    map("paths")
        .forEach(
            (path, item) ->
                ((Map<?, ?>) item)
                    .forEach(
                        (method, operation) ->
                            operations.put(method + " " + path, (Map<?, ?>) operation)));
    return operations;
  }

  private static Map<?, ?> read() {
    try (InputStream file = OpenApiTest.class.getResourceAsStream("/openapi.yaml")) {
      return new Yaml(new SafeConstructor(new LoaderOptions()))
          .load(new String(requireNonNull(file).readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Every route with a path, as {@code get /api/v1/tenants/{t}}. */
  private Set<String> routes() throws Exception {
    Vertx vertx = Vertx.vertx();
    try {
      return api(vertx).router().getRoutes().stream()
          .filter(route -> route.getPath() != null)
          .flatMap(
              route ->
                  requireNonNull(route.methods()).stream()
                      .map(
                          method ->
                              method.name().toLowerCase(Locale.ROOT)
                                  + " "
                                  + route.getPath().replaceAll(":(\\w+)", "{$1}")))
          .collect(toCollection(TreeSet::new));
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }
  }

  /** Complete, but over stores that nobody reaches, or that are not there. */
  @SuppressWarnings("NullAway") // Routes are only listed, never called.
  private Api api(Vertx vertx) {
    Keys keys = new Keys(config.redis().prefix());
    TrustedProxies proxies = TrustedProxies.of(List.of());
    RedisCommands redis = new RedisClients(vertx, config.redis()).commands();
    EventLog eventLog =
        new EventLog(
            redis, keys, new EventLog.Bounds(config.logs(), TestLimits.ofDefaults()), null);
    Database database = new Database(vertx, config.postgres());
    Roles roles = new Roles(config.auth().roles());
    Revocations revocations = new Revocations(Duration.ZERO, Clock.systemUTC());
    Authenticator authenticator =
        new Authenticator(
            new Tokens(
                vertx,
                config.auth(),
                roles,
                new Secret("a key that no token is signed with"),
                Clock.systemUTC()),
            new Authenticator.Keys(
                new ApiKeyStore(database).snapshot(vertx, Duration.ofSeconds(1)),
                new ApiKeyUses(Clock.systemUTC())),
            revocations,
            Clock.systemUTC(),
            new SimpleMeterRegistry());
    TicketStore tickets =
        new TicketStore(
            redis,
            keys,
            TestLimits.ofDefaults(),
            new TicketStore.Validity(roles, revocations, Clock.systemUTC()));
    WidgetKeyStore widgetKeys = new WidgetKeyStore(database);
    SessionAccess sessionAccess =
        new SessionAccess(
            authenticator,
            tickets,
            new WidgetAuthenticator(widgetKeys.snapshot(vertx, Duration.ofSeconds(1)), roles),
            revocations,
            Origins.ofSetting(List.of()),
            proxies);
    KeptStore keptStore =
        new KeptStore(redis, keys, TestLimits.ofDefaults(), null, new SimpleMeterRegistry());
    Hub sessions =
        new Hub(
            new EventLoop(
                vertx,
                "node",
                0,
                new RepeatingTasks(LoopScheduler.of(vertx), new SimpleMeterRegistry()),
                SessionTime.SYSTEM),
            config,
            sessionAccess,
            new SessionDependencies(
                eventLog,
                keptStore,
                (sender, message) -> Future.failedFuture("nobody publishes here"),
                null,
                null),
            new NodeSessions(
                new SessionCount(new SimpleMeterRegistry()),
                new UserSessions(),
                new RecentRefusals(),
                new TraceSlots(1, 1),
                new TraceSlots(1, 1)));
    Ingest ingest =
        new Ingest(
            vertx,
            new IngestStores(
                redis,
                keys,
                new TenantChannels(keys, config.redis().eventsChannel()),
                eventLog,
                null,
                (event, body, minted) -> Future.succeededFuture()),
            Clock.systemUTC(),
            new Ingest.Bounds(1, 1, config.kept()),
            new Ingest.Reports(new IngestMeters(new SimpleMeterRegistry()), Tracing.OFF));
    ConsoleFiles pages = ConsoleFiles.read(List.of());
    ClusterQuestions questions =
        new ClusterQuestions(
            vertx, "node", new NodeQuestions(redis, keys), new NodeCounts(redis, keys));
    List<RouteGroup> resources =
        List.of(
            new SessionRoutes(sessions, tickets, new ControlChannel(redis, keys)),
            new ClientFileRoutes(ClientFiles.read()),
            new DocsRoutes(new Docs()),
            new EventRoutes(rules, ingest, new RateLimits(0, 0, Ticker.SYSTEM)),
            new HistoryRoutes(eventLog, config.redis().prefix()),
            new StatsRoutes(
                "node", new SessionCount(new SimpleMeterRegistry()), new NodeCounts(redis, keys)),
            new NodeRoutes(new NodeReports(redis, keys), null, Clock.systemUTC(), Ticker.SYSTEM),
            new UserSessionRoutes(questions, new ControlChannel(redis, keys)),
            new TraceRoutes(
                vertx,
                new TraceRoutes.Settings("node", "callcenter"),
                sessions.traces(),
                new TenantTopics(redis, keys)),
            new AttemptTraceRoutes(vertx, "node", sessions.attemptTraces()),
            new RefusalRoutes(questions),
            new WidgetRoutes(widgetKeys, widgetKeys.snapshot(vertx, Duration.ofSeconds(1))),
            new WebhookRoutes(new CallerServices(null, null, List.of(), null)),
            new PresenceRoutes(null),
            new KeptRoutes(keptStore, new KeptForgetting(keptStore, ingest), "callcenter"),
            new InboxRoutes(null, new MessageReader(rules), ingest),
            new KeyRoutes(null, null),
            new ConfigRoutes("node", new JsonObject(), List.of()),
            new ConsoleSessionRoutes(null, null),
            new PortalRoutes(config.portal(), null, null, null, Clock.systemUTC()),
            ConsoleFileRoutes.ofConsole(pages, new Network(List.of()), proxies),
            ConsoleFileRoutes.ofPortal(pages, proxies));
    Callers callers = new Callers(authenticator, proxies, null, null);
    Guard guard = new Guard(vertx, callers, config.http(), 1_024);
    Cors cors = new Cors(Origins.ofSetting(List.of()), List.of());
    Api.Rules rules =
        new Api.Rules(
            cors,
            () -> false,
            new RefusalRecorder(new RecentRefusals(), proxies, Clock.systemUTC()),
            new RequestMeters(new SimpleMeterRegistry()));
    return new Api(vertx, guard, rules, resources);
  }
}
