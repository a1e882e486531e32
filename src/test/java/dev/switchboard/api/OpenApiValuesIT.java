package dev.switchboard.api;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.switchboard.api.OpenApiDocument.Operation;
import dev.switchboard.api.OpenApiDocument.Parameter;
import dev.switchboard.api.OpenApiDocument.Schema;
import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestTokens;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Sends values at the bounds of every schema of openapi.yaml to a running node: what the schema
 * allows is accepted, anything else is refused, and every answer is documented.
 */
class OpenApiValuesIT {
  private static final String TENANT = "openapi";
  private static final String URL = "http://127.0.0.1:9/hook";
  private static final String WEBHOOK_ID = "id";
  private static final int MAX_SHOWN = 160;
  private static final int MAX_FAULTS = 12;

  /** Files, descriptions, sockets and streams answer with something else than JSON. */
  private static final Set<String> NOT_JSON =
      Set.of(
          "openSocket",
          "openVisitorSocket",
          "openStream",
          "trace",
          "traceAttempts",
          "describe",
          "describeSockets");

  /** Whether these are accepted depends on the credential in their body. */
  private static final Set<String> CREDENTIAL_IN_BODY = Set.of("openConsoleSession", "openPortal");

  /** What a schema can't say: these members are bounded by their meaning. */
  private static final Set<String> NOT_IN_SCHEMA =
      Set.of(
          "filter",
          "template",
          "tenant_id",
          "keep_for",
          "forget",
          "as_of",
          "client_certificate",
          "client_key");

  /** Parameters whose form is not for clients to make, or is a list. */
  private static final Set<String> OPAQUE =
      Set.of("readEvents after", "readKept after", "listPresence users");

  private static final Map<String, JsonObject> BODIES =
      Map.ofEntries(
          Map.entry("publishEvents", event().put("tenant_id", TENANT)),
          Map.entry("saveMessage", event()),
          Map.entry("makeTicket", new JsonObject()),
          Map.entry(
              "makeWidget",
              new JsonObject()
                  .put("tenant_id", TENANT)
                  .put("name", "n")
                  .put("origins", new JsonArray().add("https://a.example"))),
          Map.entry(
              "createKey",
              new JsonObject()
                  .put("tenant_id", TENANT)
                  .put("name", "n")
                  .put("scopes", new JsonArray().add("webhooks"))),
          Map.entry(
              "createPortalLink", new JsonObject().put("scopes", new JsonArray().add("webhooks"))),
          Map.entry("createWebhook", webhook().put("tenant_id", TENANT)),
          Map.entry("replaceWebhook", webhook()),
          Map.entry("changeWebhook", new JsonObject()),
          Map.entry("testUrl", new JsonObject().put("tenant_id", TENANT).put("url", URL)),
          Map.entry("queryPresence", new JsonObject().put("users", new JsonArray().add("1"))),
          Map.entry("testWebhook", new JsonObject()),
          Map.entry("previewBody", new JsonObject().put("tenant_id", TENANT)),
          Map.entry("rotateSecret", new JsonObject()),
          Map.entry("recover", new JsonObject().put("since", "2026-01-01T00:00:00Z")));

  @RegisterExtension static final Stores stores = new Stores();

  private static TestNode node;
  private static String webhook = "";

  private static JsonObject event() {
    return new JsonObject().put("type", "alert").put("payload", 1);
  }

  private static JsonObject webhook() {
    return new JsonObject().put("name", "n").put("url", URL);
  }

  @BeforeAll
  static void start() {
    JsonObject config = TestNode.config(stores);
    config.put("ingest", new JsonObject().put("ratePerTenant", 0).put("ratePerCaller", 0));
    config.put("console", new JsonObject().put("enabled", true));
    config.put("portal", new JsonObject().put("enabled", true));
    node = TestNode.start(config);
  }

  /** One of the operations deletes webhooks. */
  @BeforeEach
  void createWebhook() {
    JsonObject created =
        new JsonObject(
            node.post(
                    "/api/v1/webhooks",
                    webhook().put("tenant_id", TENANT).encode(),
                    TestTokens.service())
                .body());
    webhook = created.getValue("id").toString();
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  static Stream<Operation> operations() {
    return new OpenApiDocument()
        .operations().stream()
            .filter(operation -> !operation.path().startsWith("/docs"))
            .filter(operation -> !NOT_JSON.contains(operation.id()))
            .filter(operation -> !operation.path().matches("/(client|console|portal)/.*"));
  }

  static Stream<Operation> operationsWithABody() {
    return operations()
        .filter(operation -> operation.body() != null)
        .filter(operation -> !CREDENTIAL_IN_BODY.contains(operation.id()));
  }

  @ParameterizedTest
  @MethodSource("operations")
  void parametersAreTakenWithinTheirSchemaOnly(Operation operation) {
    List<String> wrong = new ArrayList<>();
    for (Parameter parameter : operation.parameters()) {
      if (OPAQUE.contains(operation.id() + ' ' + parameter.name())) {
        continue;
      }
      for (String value : texts(parameter.schema())) {
        boolean allowed = parameter.schema().allows(typed(parameter.schema(), value));
        HttpResponse<String> answer = call(operation, parameter, value, body(operation));
        if (allowed ? answer.statusCode() == 400 : !isRefused(parameter, answer)) {
          wrong.add(described(parameter.name() + " = " + value, allowed, answer));
        }
      }
    }
    assertThat(wrong.subList(0, Math.min(MAX_FAULTS, wrong.size()))).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("operationsWithABody")
  void bodiesAreTakenWithinTheirSchemaOnly(Operation operation) {
    List<String> wrong = new ArrayList<>();
    for (JsonObject body : bodies(operation)) {
      boolean allowed = schema(operation).allows(body);
      HttpResponse<String> answer = call(operation, null, "", body.encode());
      if (allowed != answer.statusCode() < 300) {
        wrong.add(described(body.encode(), allowed, answer));
      }
    }
    assertThat(wrong.subList(0, Math.min(MAX_FAULTS, wrong.size()))).isEmpty();
  }

  /** A path with a malformed id names nothing. */
  private static boolean isRefused(Parameter parameter, HttpResponse<String> answer) {
    return answer.statusCode() == 400
        || (parameter.in().equals("path") && answer.statusCode() == 404);
  }

  private static String described(String sent, boolean allowed, HttpResponse<String> answer) {
    return cut(sent)
        + (allowed ? " is allowed, but gets " : " is not allowed, but gets ")
        + answer.statusCode()
        + ' '
        + cut(answer.body());
  }

  private static String cut(String text) {
    return text.length() > MAX_SHOWN ? text.substring(0, MAX_SHOWN) + "…" : text;
  }

  /** Bodies that differ from a valid one in one member. */
  private static List<JsonObject> bodies(Operation operation) {
    JsonObject base = requireNonNull(BODIES.get(operation.id()));
    JsonObject members = members(schema(operation).json());
    List<JsonObject> bodies = new ArrayList<>(List.of(base));
    for (String name : base.fieldNames()) {
      if (!NOT_IN_SCHEMA.contains(name)) {
        bodies.add(without(base, name));
      }
    }
    bodies.add(base.copy().put("no_such_member", 1));
    for (String name : members.fieldNames()) {
      if (!NOT_IN_SCHEMA.contains(name)
          && !members.getJsonObject(name).getBoolean("readOnly", false)) {
        for (Object value : values(members.getJsonObject(name))) {
          bodies.add(base.copy().put(name, value));
        }
      }
    }
    return bodies;
  }

  private static JsonObject without(JsonObject body, String name) {
    JsonObject copy = body.copy();
    Object unused = copy.remove(name);
    return copy;
  }

  /** Members of an object; of alternatives and parts, those of the first, which is an object. */
  private static JsonObject members(JsonObject schema) {
    JsonArray parts = schema.getJsonArray("oneOf", schema.getJsonArray("allOf"));
    return (parts == null ? schema : parts.getJsonObject(0))
        .getJsonObject("properties", new JsonObject());
  }

  /** Values of all types, and those next to every bound that the schema names. */
  private static List<@Nullable Object> values(JsonObject schema) {
    List<@Nullable Object> values = new ArrayList<>();
    values.add(null);
    values.addAll(List.of(true, 1.5, new JsonObject(), new JsonArray(), new JsonArray().add(1)));
    values.addAll(numbers(schema));
    values.addAll(strings(schema));
    values.add(new JsonObject().put("X-Own", "v").put("other", "ä"));
    values.add(new JsonObject().put("X-Own", "v"));
    values.add(new JsonObject().put("Host", "v"));
    values.add(new JsonArray().add("call.*").add("*"));
    values.add(new JsonArray().add("Call"));
    values.add(new JsonArray().add(0.001).add(604_800));
    values.add(new JsonArray().add(0));
    values.add(new JsonArray().add("https://b.example:8443").add("*"));
    values.add(new JsonArray().add("b.example"));
    for (int size : bounds(schema, "minItems", "maxItems")) {
      for (Object element : List.of("call.*", 1, "https://a.example")) {
        JsonArray array = new JsonArray();
        for (int i = 0; i < size; i++) {
          array.add(element);
        }
        values.add(array);
      }
    }
    return values;
  }

  private static Set<Object> numbers(JsonObject schema) {
    Set<Object> numbers = new LinkedHashSet<>(List.of(-1, 0, 1, 7));
    numbers.addAll(bounds(schema, "minimum", "maximum"));
    return numbers;
  }

  private static Set<String> strings(JsonObject schema) {
    Set<String> strings =
        new LinkedHashSet<>(
            List.of("", " ", "a", "A-b_c", "a b", "ä", "\u0001", "*", "call.*", "a.b", "-a", ".a"));
    strings.addAll(
        List.of("presence.x", "webhook.x", "subscribe", "presence:1", "ce-1", "idem-1", "/a/b"));
    strings.addAll(
        List.of("callcenter:x", "callcenter:events", "callcenter:calls:x", "other:x", "x/y", "7"));
    strings.addAll(List.of("2026-01-31T00:00:00Z", "2026-01-31", "text/plain", "12_34", "1_"));
    for (int length : List.of(64, 65, 100, 101, 128, 129, 200, 201, 256, 257)) {
      strings.add("a".repeat(length));
    }
    for (int length : bounds(schema, "minLength", "maxLength")) {
      strings.add("a".repeat(length));
    }
    strings.addAll(enumerated(schema));
    return strings;
  }

  private static List<String> enumerated(JsonObject schema) {
    return schema.getJsonArray("enum", new JsonArray()).stream()
        .filter(String.class::isInstance)
        .map(String.class::cast)
        .toList();
  }

  /** Each bound, one less and one more. */
  private static Set<Integer> bounds(JsonObject schema, String... keywords) {
    Set<Integer> bounds = new TreeSet<>();
    for (String keyword : keywords) {
      if (schema.getValue(keyword) instanceof Integer bound) {
        bounds.addAll(List.of(Math.max(0, bound - 1), bound, bound + 1));
      }
    }
    return bounds;
  }

  /** Texts that are one segment of a path, and not empty. */
  private static List<String> texts(Schema schema) {
    Set<String> texts = new LinkedHashSet<>(strings(schema.json()));
    numbers(schema.json()).forEach(number -> texts.add(number.toString()));
    texts.removeIf(text -> text.isBlank() || text.contains("/"));
    return List.copyOf(texts);
  }

  private static Object typed(Schema schema, String text) {
    boolean integer = "integer".equals(schema.json().getValue("type"));
    return integer && text.matches("-?\\d{1,18}") ? Long.valueOf(text) : text;
  }

  private static Schema schema(Operation operation) {
    Schema schema = operation.body();
    return schema == null ? fail("no body") : schema;
  }

  private static @Nullable String body(Operation operation) {
    JsonObject body = BODIES.get(operation.id());
    return operation.body() == null || body == null ? null : body.encode();
  }

  /** Calls the operation with valid parameters, but for the given one. */
  private static HttpResponse<String> call(
      Operation operation, @Nullable Parameter parameter, String value, @Nullable String body) {
    String path = operation.path();
    StringBuilder query = new StringBuilder();
    for (Parameter each : operation.parameters()) {
      String given = each.equals(parameter) ? value : valid(operation, each);
      if (each.in().equals("path")) {
        path = path.replace("{" + each.name() + "}", encoded(given));
      } else if (each.equals(parameter) || each.name().equals("tenant_id")) {
        query.append(query.isEmpty() ? '?' : '&').append(each.name()).append('=');
        query.append(encoded(given));
      }
    }
    String credential =
        operation.id().equals("makeTicket")
            ? TestTokens.user(TENANT, "ticket-holder")
            : TestTokens.service();
    HttpResponse<String> answer =
        node.call(operation.method(), path + query, body, "Authorization", "Bearer " + credential);
    assertDocumented(operation, answer);
    return answer;
  }

  private static String valid(Operation operation, Parameter parameter) {
    return switch (parameter.name()) {
      case "tenant", "tenant_id" -> TENANT;
      case WEBHOOK_ID -> operation.id().equals("deleteWebhook") ? "999999" : webhook;
      case "session" -> "00000000-0000-0000-0000-000000000000";
      default -> "1";
    };
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20").replace("%7E", "~");
  }

  private static void assertDocumented(Operation operation, HttpResponse<String> answer) {
    assertThat(operation.responses())
        .as("%s: %s", operation.id(), answer.body())
        .containsKey(answer.statusCode());
    Schema schema = operation.responses().get(answer.statusCode());
    if (schema != null) {
      assertThat(schema.allows(Json.decodeValue(answer.body())))
          .as("%s: %s", operation.id(), answer.body())
          .isTrue();
    }
  }
}
