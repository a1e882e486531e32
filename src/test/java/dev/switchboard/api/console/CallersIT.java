package dev.switchboard.api.console;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.support.Browser;
import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestTokens;
import dev.switchboard.support.Waiting;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which caller may make which call of console and portal, with a credential or with a session. */
class CallersIT {
  private static final String OPERATOR = TestTokens.service();
  private static final String PORTAL_CALLER = "portal";

  @RegisterExtension static final Stores stores = new Stores();

  private static TestNode node;
  private static final Map<String, String> CREDENTIALS = new LinkedHashMap<>();
  private static final Map<String, Browser> BROWSERS = new LinkedHashMap<>();

  @BeforeAll
  static void start() {
    node = TestNode.start(ConsoleFilesIT.config(stores));
    CREDENTIALS.put("all-tenant key", key(null));
    CREDENTIALS.put("tenant key", key("acme"));
    for (String role : new String[] {"admin", "supervisor", "agent"}) {
      CREDENTIALS.put(role, TestTokens.user("acme", role, role));
    }
    CREDENTIALS.forEach((name, secret) -> BROWSERS.put(name, Browser.signedIn(node, secret)));
    CREDENTIALS.put(PORTAL_CALLER, portal());
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  private static String key(@Nullable String tenant) {
    JsonArray scopes =
        new JsonArray()
            .add("events:write")
            .add("presence:read")
            .add("inbox")
            .add("webhooks")
            .add("stats")
            .add("admin");
    JsonObject wanted = new JsonObject().put("name", "t").put("scopes", scopes);
    if (tenant != null) {
      wanted.put("tenant_id", tenant);
    }
    return new JsonObject(node.post("/api/v1/keys", wanted.encode(), OPERATOR).body())
        .getString("key");
  }

  private static String portal() {
    JsonObject wanted =
        new JsonObject()
            .put(
                "scopes",
                new JsonArray()
                    .add("webhooks")
                    .add("presence:read")
                    .add("events:read")
                    .add("kept:read"));
    HttpResponse<String> link = node.post("/api/v1/tenants/acme/portal", wanted.encode(), OPERATOR);
    String url = new JsonObject(link.body()).getString("url");
    JsonObject ticket = new JsonObject().put("ticket", url.substring(url.indexOf('=') + 1));
    return new JsonObject(node.call("POST", "/api/v1/portal/session", ticket.encode()).body())
        .getString("token");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # call                                       | all | tenant | admin | superv. | agent | portal | none
          GET /api/v1/keys                             | 200 | 200 | 200 | 403 | 403 | 403 | 401
          GET /api/v1/keys?tenant_id=other             | 200 | 403 | 403 | 403 | 403 | 403 | 401
          POST /api/v1/keys {"tenant_id":"acme","name":"n","scopes":["webhooks"]} | 201 | 201 | 201 | 403 | 403 | 403 | 401
          POST /api/v1/keys {"tenant_id":"other","name":"n","scopes":["webhooks"]} | 201 | 403 | 403 | 403 | 403 | 403 | 401
          POST /api/v1/keys {"tenant_id":"acme","name":"n","scopes":["presence:write"]} | 403 | 403 | 201 | 403 | 403 | 403 | 401
          POST /api/v1/keys {"tenant_id":"acme","name":"n","scopes":["events:read","kept:read"]} | 201 | 201 | 201 | 403 | 403 | 403 | 401
          DELETE /api/v1/keys/999999                   | 404 | 404 | 404 | 403 | 403 | 403 | 401
          GET /api/v1/config                           | 200 | 403 | 403 | 403 | 403 | 403 | 401
          GET /api/v1/console/sessions                 | 200 | 200 | 200 | 403 | 403 | 403 | 401
          GET /api/v1/console/sessions?tenant_id=other | 200 | 403 | 403 | 403 | 403 | 403 | 401
          DELETE /api/v1/console/sessions/0000000000000000 | 404 | 404 | 404 | 403 | 403 | 403 | 401
          DELETE /api/v1/console/sessions/0000000000000000?tenant_id=other | 404 | 403 | 403 | 403 | 403 | 403 | 401
          POST /api/v1/tenants/acme/portal {"scopes":["webhooks"]} | 201 | 201 | 403 | 403 | 403 | 403 | 401
          POST /api/v1/tenants/other/portal {"scopes":["webhooks"]} | 201 | 403 | 403 | 403 | 403 | 403 | 401
          DELETE /api/v1/tenants/acme/portal?user=nobody | 204 | 204 | 403 | 403 | 403 | 403 | 401
          DELETE /api/v1/tenants/other/portal?user=nobody | 204 | 403 | 403 | 403 | 403 | 403 | 401
          GET /api/v1/tenants/acme/events              | 200 | 200 | 200 | 200 | 200 | 200 | 401
          GET /api/v1/tenants/other/events             | 200 | 403 | 403 | 403 | 403 | 403 | 401
          GET /api/v1/tenants/acme/kept                | 200 | 200 | 200 | 200 | 200 | 200 | 401
          GET /api/v1/tenants/other/kept               | 200 | 403 | 403 | 403 | 403 | 403 | 401
          GET /api/v1/webhooks                         | 200 | 200 | 200 | 200 | 403 | 200 | 401
          GET /api/v1/tenants/acme/presence            | 200 | 200 | 200 | 200 | 200 | 200 | 401
          GET /api/v1/tenants/acme/users/7/inbox       | 200 | 200 | 200 | 200 | 403 | 403 | 401
          GET /api/v1/widgets                          | 200 | 200 | 200 | 403 | 403 | 403 | 401
          POST /api/v1/tenants/acme/users/7/disconnect | 202 | 202 | 202 | 403 | 403 | 403 | 401
          POST /api/v1/events {"tenant_id":"acme","type":"alert","payload":1} | 202 | 202 | 202 | 202 | 403 | 403 | 401
          """)
  void everyCallHasItsCallers(
      String call,
      int all,
      int tenant,
      int admin,
      int supervisor,
      int agent,
      int portal,
      int none) {
    Map<String, Integer> expected =
        Map.of(
            "all-tenant key",
            all,
            "tenant key",
            tenant,
            "admin",
            admin,
            "supervisor",
            supervisor,
            "agent",
            agent,
            PORTAL_CALLER,
            portal);
    String[] parts = call.split(" ", 3);
    String body = parts.length == 3 ? parts[2] : null;
    CREDENTIALS.forEach(
        (name, secret) -> {
          HttpResponse<String> answer =
              node.call(parts[0], parts[1], body, "Authorization", "Bearer " + secret);
          assertThat(answer.statusCode())
              .as("%s: %s", name, answer.body())
              .isEqualTo(expected.get(name));
        });
    BROWSERS.forEach(
        (name, browser) -> {
          HttpResponse<String> answer = browser.call(parts[0], parts[1], body);
          assertThat(answer.statusCode())
              .as("session of %s: %s", name, answer.body())
              .isEqualTo(expected.get(name));
        });
    assertThat(node.call(parts[0], parts[1], body).statusCode()).isEqualTo(none);
    assertThat(new Browser(node).call(parts[0], parts[1], body).statusCode()).isEqualTo(none);
  }

  @Test
  void portalOpensNoConsoleSession() {
    String token = requireNonNull(CREDENTIALS.get(PORTAL_CALLER));

    assertThat(new Browser(node).signIn(token).statusCode()).isEqualTo(401);
  }

  @Test
  void keysAreListedToTheirTenantAndSecretsToNobody() {
    String mine = key("listed");
    String stranger = TestTokens.user("listed", "boss", "admin");

    HttpResponse<String> listed = node.get("/api/v1/keys", stranger);
    HttpResponse<String> ofAll = node.get("/api/v1/keys", OPERATOR);

    JsonArray keys = new JsonObject(listed.body()).getJsonArray("keys");
    assertThat(keys).hasSize(1);
    JsonObject key = keys.getJsonObject(0);
    assertThat(key.getString("tenant")).isEqualTo("listed");
    assertThat(key.getString("created_at")).isNotNull();
    assertThat(key.getValue("revoked_at")).isNull();
    assertThat(listed.body() + ofAll.body()).doesNotContain(mine).doesNotContain("sbk_");
    assertThat(new JsonObject(ofAll.body()).getJsonArray("keys").size()).isGreaterThan(2);
    String id = key.getLong("id").toString();
    assertThat(revoke(id, TestTokens.user("acme", "boss", "admin"))).isEqualTo(404);
    assertThat(revoke(id, stranger)).isEqualTo(204);
    assertThat(revoke(id, stranger)).isEqualTo(404);
    assertThat(node.get("/api/v1/webhooks", mine).statusCode()).isEqualTo(401);
    assertThat(node.get("/api/v1/keys", stranger).body()).contains("\"revoked_at\":\"2");
  }

  @Test
  void keysSayWhenTheyWereUsedLast() {
    String used = key("used");
    String admin = TestTokens.user("used", "boss", "admin");
    String unused = key("used");
    assertThat(unused).isNotEqualTo(used);
    Instant before = Instant.now().truncatedTo(ChronoUnit.MINUTES);

    assertThat(node.get("/api/v1/webhooks", used).statusCode()).isEqualTo(200);

    Waiting.until("the use is stored", () -> lastUse(admin, 0) != null);
    assertThat(Instant.parse(requireNonNull(lastUse(admin, 0)))).isBetween(before, Instant.now());
    assertThat(lastUse(admin, 1)).isNull();
  }

  private static @Nullable String lastUse(String admin, int index) {
    return new JsonObject(node.get("/api/v1/keys", admin).body())
        .getJsonArray("keys")
        .getJsonObject(index)
        .getString("last_used_at");
  }

  private static int revoke(String id, String credential) {
    return node.call("DELETE", "/api/v1/keys/" + id, null, "Authorization", "Bearer " + credential)
        .statusCode();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"scopes":["webhooks"]}                                          | /name
          {"name":"","scopes":["webhooks"]}                                | /name
          {"name":"n"}                                                     | /scopes
          {"name":"n","scopes":["all"]}                                    | /scopes/0
          {"name":"n","scopes":["webhooks"],"sources":["10.0.0.0/33"]}     | /sources/0
          {"name":"n","scopes":["webhooks"],"source":["10.0.0.0/8"]}       | /source
          """)
  void keyThatIsNotFullyUnderstoodIsNotMade(String body, String pointer) {
    HttpResponse<String> answer = node.post("/api/v1/keys", body, OPERATOR);

    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(
            new JsonObject(answer.body())
                .getJsonArray("errors")
                .getJsonObject(0)
                .getString("pointer"))
        .isEqualTo(pointer);
  }

  @Test
  void configurationIsShownWithoutSecretsAndWithWarnings() {
    HttpResponse<String> answer = node.get("/api/v1/config", OPERATOR);

    JsonObject config = new JsonObject(answer.body());
    assertThat(answer.body()).doesNotContain(TestTokens.SECRET).contains("\"jwtSecret\":\"***\"");
    assertThat(config.getString("node")).isNotEmpty();
    assertThat(config.getJsonObject("settings").getJsonObject("console").getBoolean("enabled"))
        .isTrue();
    assertThat(config.getJsonArray("warnings").encode()).contains("webhooks.allowHttp");
  }
}
