package dev.switchboard.api.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.support.RawHttp;
import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestTokens;
import dev.switchboard.support.Waiting;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Links to the portal: what they open, for whom, and until when. */
class PortalIT {
  private static final String OPEN = "/api/v1/portal/session";
  private static final String WEBHOOKS = "/api/v1/webhooks";
  private static final String OPERATOR = TestTokens.service();

  @RegisterExtension static final Stores stores = new Stores();

  private static TestNode node;

  @BeforeAll
  static void start() {
    JsonObject config = ConsoleFilesIT.config(stores);
    config
        .getJsonObject("portal")
        .put("returnOrigins", new JsonArray().add("https://app.example.com"))
        .put("refreshUrl", "https://app.example.com/portal");
    config.getJsonObject("http").put("trustedProxies", new JsonArray().add("127.0.0.1"));
    node = TestNode.start(config);
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  private static JsonObject wanted(String... scopes) {
    return new JsonObject().put("scopes", new JsonArray(List.of(scopes)));
  }

  private static HttpResponse<String> mint(String tenant, JsonObject wanted, String credential) {
    return node.post("/api/v1/tenants/" + tenant + "/portal", wanted.encode(), credential);
  }

  private static String ticket(HttpResponse<String> link) {
    assertThat(link.statusCode()).as(link.body()).isEqualTo(201);
    String url = new JsonObject(link.body()).getString("url");
    return url.substring(url.indexOf("#ticket=") + "#ticket=".length());
  }

  private static HttpResponse<String> open(String ticket) {
    return node.call("POST", OPEN, new JsonObject().put("ticket", ticket).encode());
  }

  private static String token(String tenant, JsonObject wanted, String credential) {
    HttpResponse<String> opened = open(ticket(mint(tenant, wanted, credential)));
    assertThat(opened.statusCode()).as(opened.body()).isEqualTo(200);
    return new JsonObject(opened.body()).getString("token");
  }

  private static JsonObject key(String tenant, String... scopes) {
    JsonObject wanted = wanted(scopes).put("name", "t").put("tenant_id", tenant);
    return new JsonObject(node.post("/api/v1/keys", wanted.encode(), OPERATOR).body());
  }

  private static int status(String path, String token) {
    return node.get(path, token).statusCode();
  }

  @Test
  void linkOpensOnceAndTellsThePageWhatTheBackendSaid() {
    JsonObject wanted =
        wanted("webhooks", "events:read")
            .put("user", "anna")
            .put("ttl_seconds", 600)
            .put("theme", "dark")
            .put("return_url", "https://app.example.com/settings?x=1")
            .put("name", "Acme")
            .put("logo", "data:image/png;base64,AAAA")
            .put("accent", "#0a6ebd");
    HttpResponse<String> link = mint("acme", wanted, OPERATOR);

    assertThat(new JsonObject(link.body()).getString("url"))
        .matches("http://127\\.0\\.0\\.1:\\d+/portal/#ticket=[A-Za-z0-9_-]{43}");
    HttpResponse<String> opened = open(ticket(link));

    JsonObject portal = new JsonObject(opened.body());
    assertThat(opened.headers().map()).doesNotContainKey("set-cookie");
    assertThat(portal.getString("token")).matches("sbp_[A-Za-z0-9_-]{43}");
    assertThat(portal.getString("tenant")).isEqualTo("acme");
    assertThat(portal.getString("user")).isEqualTo("anna");
    assertThat(portal.getJsonArray("scopes")).containsExactly("events:read", "webhooks");
    assertThat(portal.getString("refresh_url")).isEqualTo("https://app.example.com/portal");
    for (String member : List.of("theme", "return_url", "name", "logo", "accent")) {
      assertThat(portal.getValue(member)).isEqualTo(wanted.getValue(member));
    }
    assertThat(Instant.parse(portal.getString("expires_at")))
        .isBefore(Instant.now().plusSeconds(601));
    assertThat(open(ticket(link)).statusCode()).isEqualTo(401);
    assertThat(status(WEBHOOKS, portal.getString("token"))).isEqualTo(200);
    assertThat(status("/api/v1/tenants/acme/events", portal.getString("token"))).isEqualTo(200);
    assertThat(status("/api/v1/tenants/acme/kept", portal.getString("token"))).isEqualTo(403);
    assertThat(status("/api/v1/tenants/acme/presence", portal.getString("token"))).isEqualTo(403);
  }

  @Test
  void addressOfTheLinkFollowsTheProxy() throws Exception {
    try (RawHttp http = new RawHttp(node)) {
      String body = wanted("webhooks").encode();
      http.send(
          "POST /api/v1/tenants/acme/portal HTTP/1.1\r\nHost: events.example.com\r\n"
              + "X-Forwarded-Proto: https\r\nAuthorization: Bearer "
              + OPERATOR
              + "\r\nContent-Length: "
              + body.length()
              + "\r\n\r\n"
              + body);
      assertThat(http.readAnswer().body()).contains("\"https://events.example.com/portal/#ticket=");
    }
  }

  @Test
  void portalSeesItsTenantOnly() {
    String token = token("acme", wanted("webhooks", "events:read"), OPERATOR);
    JsonObject foreign =
        new JsonObject()
            .put("tenant_id", "other")
            .put("name", "n")
            .put("url", "http://127.0.0.1:9/");
    JsonObject made = new JsonObject(node.post(WEBHOOKS, foreign.encode(), OPERATOR).body());

    assertThat(node.get(WEBHOOKS, token).body()).contains("\"webhooks\":[]");
    assertThat(status(WEBHOOKS + "?tenant_id=other", token)).isEqualTo(403);
    assertThat(status(WEBHOOKS + "/" + made.getLong("id"), token)).isEqualTo(404);
    assertThat(status("/api/v1/tenants/other/events", token)).isEqualTo(403);
    assertThat(node.post(WEBHOOKS, foreign.encode(), token).statusCode()).isEqualTo(403);
  }

  @Test
  void portalOpensNoSocketAndNoStream() throws Exception {
    String token = token("acme", wanted("webhooks", "events:read"), OPERATOR);

    assertThat(status("/api/v1/events/stream", token)).isEqualTo(401);
    try (RawHttp http = new RawHttp(node)) {
      http.send(
          "GET /ws HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
              + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
              + "Authorization: Bearer "
              + token
              + "\r\n\r\n");
      http.readHead();
    }
    assertThat(stores.redis().cli("ZCARD", "callcenter:online:acme")).isEqualTo("0");
    assertThat(node.post("/api/v1/ws/tickets", "{}", token).statusCode()).isEqualTo(403);
  }

  @Test
  void backendHandsOnOnlyWhatItHas() {
    String key = key("acme", "presence:read").getString("key");
    String admin = key("acme", "admin").getString("key");

    assertThat(mint("acme", wanted("presence:read"), key).statusCode()).isEqualTo(201);
    assertThat(mint("acme", wanted("webhooks"), key).statusCode()).isEqualTo(403);
    assertThat(mint("acme", wanted("events:read"), key).statusCode()).isEqualTo(403);
    assertThat(mint("acme", wanted("events:read", "kept:read"), admin).statusCode()).isEqualTo(201);
    assertThat(mint("acme", wanted("admin"), OPERATOR).statusCode()).isEqualTo(400);
    assertThat(mint("acme", wanted("stats"), OPERATOR).statusCode()).isEqualTo(400);
    assertThat(mint("acme", wanted("webhooks"), key("acme", "stats").getString("key")).statusCode())
        .isEqualTo(403);
  }

  @Test
  void portalEndsWithTheKeyThatMadeIt() {
    JsonObject key = key("acme", "webhooks");
    String token = token("acme", wanted("webhooks"), key.getString("key"));
    String unopened = ticket(mint("acme", wanted("webhooks"), key.getString("key")));
    assertThat(status(WEBHOOKS, token)).isEqualTo(200);

    HttpResponse<String> unused =
        node.call(
            "DELETE",
            "/api/v1/keys/" + key.getLong("id"),
            null,
            "Authorization",
            "Bearer " + OPERATOR);

    assertThat(status(WEBHOOKS, token)).isEqualTo(401);
    assertThat(open(unopened).statusCode()).isEqualTo(401);
  }

  @Test
  void portalHasOnlyWhatTheKeyStillHas() {
    JsonObject key = key("acme", "webhooks", "presence:read");
    String token = token("acme", wanted("webhooks", "presence:read"), key.getString("key"));

    stores
        .postgres()
        .execute("UPDATE api_keys SET scopes = '{webhooks}' WHERE id = " + key.getLong("id"));

    Waiting.until("the scope is gone", () -> status("/api/v1/tenants/acme/presence", token) == 403);
    assertThat(status(WEBHOOKS, token)).isEqualTo(200);
  }

  @Test
  void portalLivesNoLongerThanTheTokenThatMadeIt() {
    long end = TestTokens.now() + 3;
    String backend =
        TestTokens.sign(new JsonObject().put("svc", true).put("tenant_id", "acme").put("exp", end));
    HttpResponse<String> link = mint("acme", wanted("webhooks").put("ttl_seconds", 600), backend);

    assertThat(Instant.parse(new JsonObject(link.body()).getString("expires_at")).getEpochSecond())
        .isEqualTo(end);
    String token = new JsonObject(open(ticket(link)).body()).getString("token");
    Waiting.until("the portal has ended", () -> status(WEBHOOKS, token) == 401);
  }

  @Test
  void oneCallEndsThePortalsOfAUserOrOfTheTenant() {
    String anna = token("ending", wanted("webhooks").put("user", "anna"), OPERATOR);
    String ben = token("ending", wanted("webhooks").put("user", "ben"), OPERATOR);
    String unopened = ticket(mint("ending", wanted("webhooks").put("user", "anna"), OPERATOR));
    String other = token("going-on", wanted("webhooks").put("user", "anna"), OPERATOR);

    assertThat(end("ending", "?user=anna")).isEqualTo(204);
    assertThat(status(WEBHOOKS, anna)).isEqualTo(401);
    assertThat(open(unopened).statusCode()).isEqualTo(401);
    assertThat(status(WEBHOOKS, ben)).isEqualTo(200);
    String again = token("ending", wanted("webhooks").put("user", "anna"), OPERATOR);
    assertThat(status(WEBHOOKS, again)).isEqualTo(200);

    assertThat(end("ending", "")).isEqualTo(204);
    assertThat(status(WEBHOOKS, ben)).isEqualTo(401);
    assertThat(status(WEBHOOKS, again)).isEqualTo(401);
    assertThat(status(WEBHOOKS, other)).isEqualTo(200);
  }

  private static int end(String tenant, String query) {
    return node.call(
            "DELETE",
            "/api/v1/tenants/" + tenant + "/portal" + query,
            null,
            "Authorization",
            "Bearer " + OPERATOR)
        .statusCode();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {}                                                             | /scopes
          {"scopes":["webhooks"],"ttl_seconds":0}                        | /ttl_seconds
          {"scopes":["webhooks"],"ttl_seconds":43201}                    | /ttl_seconds
          {"scopes":["webhooks"],"theme":"red"}                          | /theme
          {"scopes":["webhooks"],"return_url":"https://evil.example/"}   | /return_url
          {"scopes":["webhooks"],"return_url":"http://app.example.com/"} | /return_url
          {"scopes":["webhooks"],"return_url":"https://app.example.com@evil.example/"} | /return_url
          {"scopes":["webhooks"],"return_url":"javascript:alert(1)"}     | /return_url
          {"scopes":["webhooks"],"logo":"data:image/svg+xml;base64,AA"}  | /logo
          {"scopes":["webhooks"],"logo":"//evil.example/a.png"}          | /logo
          {"scopes":["webhooks"],"logo":"https://evil.example/a.png"}    | /logo
          {"scopes":["webhooks"],"accent":"red;"}                        | /accent
          {"scopes":["webhooks"],"name":"a\\u0007"}                      | /name
          {"scopes":["webhooks"],"ttl":5}                                | /ttl
          """)
  void whatWouldMisleadOrIsUnknownIsRefused(String body, String pointer) {
    HttpResponse<String> answer = node.post("/api/v1/tenants/acme/portal", body, OPERATOR);

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
    assertThat(
            new JsonObject(answer.body())
                .getJsonArray("errors")
                .getJsonObject(0)
                .getString("pointer"))
        .isEqualTo(pointer);
  }

  @Test
  void wrongTicketsAreLimitedPerAddress() {
    String[] here = {"X-Forwarded-For", "192.0.2.20"};
    String body = "{\"ticket\":\"wrong\"}";
    for (int i = 0; i < 10; i++) {
      assertThat(node.call("POST", OPEN, body, here).statusCode()).isEqualTo(401);
    }

    assertThat(node.call("POST", OPEN, body, here).statusCode()).isEqualTo(429);
    String ticket = ticket(mint("acme", wanted("webhooks"), OPERATOR));
    assertThat(
            node.call("POST", OPEN, new JsonObject().put("ticket", ticket).encode(), here)
                .statusCode())
        .isEqualTo(200);
  }

  @Test
  void thereAreNoPortalsByDefault() {
    String token = token("acme", wanted("webhooks"), OPERATOR);
    try (TestNode other = TestNode.start(stores)) {
      assertThat(other.get(WEBHOOKS, token).statusCode()).isEqualTo(401);
      assertThat(
              other
                  .post("/api/v1/tenants/acme/portal", wanted("webhooks").encode(), OPERATOR)
                  .statusCode())
          .isEqualTo(404);
    }
  }
}
