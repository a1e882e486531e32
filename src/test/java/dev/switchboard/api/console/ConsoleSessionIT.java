package dev.switchboard.api.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.auth.ApiKey;
import dev.switchboard.support.Browser;
import dev.switchboard.support.RawHttp;
import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestTokens;
import dev.switchboard.support.Waiting;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sessions of the console: how they are opened, what they allow, and when they end. */
class ConsoleSessionIT {
  private static final String SESSION = "/api/v1/console/session";
  private static final String SESSIONS = "/api/v1/console/sessions";
  private static final String OPERATOR = TestTokens.service();

  @RegisterExtension static final Stores stores = new Stores();

  private static TestNode node;

  @BeforeAll
  static void start() {
    node = TestNode.start(config());
  }

  private static JsonObject config() {
    JsonObject config = ConsoleFilesIT.config(stores);
    config.getJsonObject("http").put("trustedProxies", new JsonArray().add("127.0.0.1"));
    return config;
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  /** A key of that tenant, or of all, that every node knows. */
  private static JsonObject key(String tenant, String... scopes) {
    JsonObject wanted =
        new JsonObject().put("name", "t").put("scopes", new JsonArray(List.of(scopes)));
    if (!tenant.isEmpty()) {
      wanted.put("tenant_id", tenant);
    }
    return new JsonObject(node.post("/api/v1/keys", wanted.encode(), OPERATOR).body());
  }

  private static String tokenWithId(String id) {
    return TestTokens.sign(
        new JsonObject()
            .put("tenant_id", "acme")
            .put("user_id", "boss")
            .put("role", "admin")
            .put("jti", id)
            .put("iat", TestTokens.now())
            .put("exp", TestTokens.now() + 600));
  }

  @Test
  void cookieIsForThisHostOnlyAndOutOfReachOfScripts() {
    Browser browser = new Browser(node);

    HttpResponse<String> local = browser.signIn(OPERATOR);
    HttpResponse<String> https = new Browser(node).signIn(OPERATOR, "Origin", "https://127.0.0.1");
    HttpResponse<String> proxied = new Browser(node).signIn(OPERATOR, "X-Forwarded-Proto", "https");

    assertThat(local.statusCode()).isEqualTo(200);
    assertThat(cookieOf(local))
        .matches("switchboard=[A-Za-z0-9_-]{43}; Path=/; Max-Age=\\d+; HttpOnly; SameSite=Strict");
    for (HttpResponse<String> secure : List.of(https, proxied)) {
      assertThat(cookieOf(secure))
          .matches(
              "__Host-switchboard=[A-Za-z0-9_-]{43}; Path=/; Max-Age=\\d+; HttpOnly;"
                  + " SameSite=Strict; Secure");
    }
    assertThat(local.body()).doesNotContain(browser.cookie().substring(12));
    assertThat(new JsonObject(local.body()).getJsonObject("session")).isEqualTo(browser.session());
  }

  private static String cookieOf(HttpResponse<String> answer) {
    return String.join("|", answer.headers().allValues("Set-Cookie"));
  }

  @Test
  void onlyTheHashOfTheCookieIsStored() throws Exception {
    Browser browser = Browser.signedIn(node, OPERATOR);
    String secret = browser.cookie().substring("switchboard=".length());
    String hash =
        HexFormat.of()
            .formatHex(
                MessageDigest.getInstance("SHA-256")
                    .digest(secret.getBytes(StandardCharsets.UTF_8)));

    String stored = stores.redis().cli("GET", "switchboard:console-session:" + hash);

    assertThat(stored).contains("\"credential\"").doesNotContain(secret).doesNotContain(OPERATOR);
    assertThat(Long.parseLong(stores.redis().cli("PTTL", "switchboard:console-session:" + hash)))
        .isBetween(3_500_000L, 3_600_000L);
    assertThat(stores.redis().cli("KEYS", "*" + secret + "*")).isEqualTo("[]");
  }

  @Test
  void plainHttpIsRefusedWithWordsBeyondThisMachine() throws Exception {
    try (RawHttp http = new RawHttp(node)) {
      http.send(
          "POST "
              + SESSION
              + " HTTP/1.1\r\nHost: events.example.com\r\nSec-Fetch-Site: same-origin\r\n"
              + "Authorization: Bearer "
              + OPERATOR
              + "\r\nContent-Length: 0\r\n\r\n");
      RawHttp.Answer answer = http.readAnswer();

      assertThat(answer.head()).startsWith("HTTP/1.1 403").doesNotContainIgnoringCase("Set-Cookie");
      assertThat(answer.body()).contains("the console needs https");
    }
  }

  @Test
  void cookieOfThisMachineIsNotTakenUnderAnotherHost() throws Exception {
    Browser browser = Browser.signedIn(node, OPERATOR);
    for (String host : List.of("events.example.com", "localhost")) {
      try (RawHttp http = new RawHttp(node)) {
        http.send(
            "GET "
                + SESSION
                + " HTTP/1.1\r\nHost: "
                + host
                + "\r\nSec-Fetch-Site: same-origin\r\nCookie: "
                + browser.cookie()
                + "\r\n\r\n");
        assertThat(http.readHead())
            .startsWith(host.equals("localhost") ? "HTTP/1.1 200" : "HTTP/1.1 401");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"cross-site", "same-site", "none", ""})
  void requestsOfOtherPagesAreRefusedWhateverTheyAskFor(String site) {
    Browser browser = Browser.signedIn(node, OPERATOR);
    String[] origin =
        site.isEmpty()
            ? new String[] {"Accept", "*/*"}
            : new String[] {"Sec-Fetch-Site", site, "X-Switchboard-Console", "1"};

    for (String call :
        List.of(
            "GET " + SESSION,
            "DELETE " + SESSION,
            "GET /api/v1/webhooks",
            "GET /api/v1/config",
            "POST /api/v1/events")) {
      String[] parts = call.split(" ");
      HttpResponse<String> answer =
          browser.callAsIs(parts[0], parts[1], parts[0].equals("POST") ? "{}" : null, origin);
      assertThat(answer.statusCode()).as(call).isEqualTo(403);
    }
    String[] signIn = Arrays.copyOf(origin, origin.length + 2);
    signIn[origin.length] = "Authorization";
    signIn[origin.length + 1] = "Bearer " + OPERATOR;
    HttpResponse<String> answer = browser.callAsIs("POST", SESSION, null, signIn);
    assertThat(answer.statusCode()).isEqualTo(403);
    assertThat(cookieOf(answer)).isEmpty();
    assertThat(browser.sessionStatus()).isEqualTo(200);
  }

  @Test
  void headerOfThePageIsEnoughForBrowsersThatDoNotSayMore() {
    Browser browser = Browser.signedIn(node, OPERATOR);

    assertThat(browser.callAsIs("GET", SESSION, null, "X-Switchboard-Console", "1").statusCode())
        .isEqualTo(200);
  }

  @Test
  void noAnswerLetsAnotherOriginUseTheCookie() {
    HttpResponse<String> preflight =
        node.call(
            "OPTIONS",
            SESSION,
            null,
            "Origin",
            "https://evil.example",
            "Access-Control-Request-Method",
            "GET",
            "Access-Control-Request-Headers",
            "X-Switchboard-Console");
    HttpResponse<String> answer =
        Browser.signedIn(node, OPERATOR)
            .call("GET", SESSION, null, "Origin", "https://evil.example");

    for (HttpResponse<String> each : List.of(preflight, answer)) {
      assertThat(each.headers().map()).doesNotContainKey("access-control-allow-credentials");
    }
    assertThat(preflight.headers().firstValue("Access-Control-Allow-Headers").orElse(""))
        .doesNotContain("X-Switchboard-Console");
  }

  @Test
  void bearerCredentialCountsAndNotTheCookie() {
    Browser browser = Browser.signedIn(node, OPERATOR);
    String agent = TestTokens.user("acme", "7");

    assertThat(browser.get("/api/v1/keys").statusCode()).isEqualTo(200);
    assertThat(
            browser
                .call("GET", "/api/v1/keys", null, "Authorization", "Bearer " + agent)
                .statusCode())
        .isEqualTo(403);
    assertThat(
            browser.call("GET", "/api/v1/keys", null, "Authorization", "Bearer wrong").statusCode())
        .isEqualTo(401);
    assertThat(
            browser.call("GET", SESSION, null, "Authorization", "Bearer " + OPERATOR).statusCode())
        .isEqualTo(401);
  }

  @Test
  void neitherSocketsNorStreamsTakeTheCookie() throws Exception {
    Browser browser = Browser.signedIn(node, tokenWithId("socket"));
    for (String path : List.of("/ws", "/api/v1/events/stream", "/ws/stats?tenant_id=acme")) {
      try (RawHttp http = new RawHttp(node)) {
        http.send(
            "GET "
                + path
                + " HTTP/1.1\r\nHost: localhost\r\nSec-Fetch-Site: same-origin\r\nCookie: "
                + browser.cookie()
                + (path.equals("/ws")
                    ? "\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13"
                        + "\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=="
                    : "")
                + "\r\n\r\n");
        String head = http.readHead();
        // A socket without a credential is opened and has to sign in by its first message.
        assertThat(head).as(path).startsWith(path.equals("/ws") ? "HTTP/1.1 101" : "HTTP/1.1 401");
      }
    }
    assertThat(stores.redis().cli("ZCARD", "callcenter:online:acme")).isEqualTo("0");
  }

  @Test
  void sessionShowsWhoseItIs() {
    JsonObject operator = Browser.signedIn(node, OPERATOR).session();
    JsonObject person = Browser.signedIn(node, tokenWithId("shown")).session();
    JsonObject key = key("acme", "webhooks", "stats");
    JsonObject backend = Browser.signedIn(node, key.getString("key")).session();

    assertThat(operator.getString("kind")).isEqualTo("service");
    assertThat(operator.getBoolean("all_tenants")).isTrue();
    assertThat(operator.getValue("tenant")).isNull();
    assertThat(person.getString("kind")).isEqualTo("user");
    assertThat(person.getString("user")).isEqualTo("boss");
    assertThat(person.getString("role")).isEqualTo("admin");
    assertThat(person.getString("tenant")).isEqualTo("acme");
    assertThat(person.getBoolean("all_tenants")).isFalse();
    assertThat(backend.getString("kind")).isEqualTo("key");
    assertThat(backend.getString("name")).isEqualTo("api key " + key.getLong("id"));
    assertThat(backend.getJsonArray("scopes")).containsExactly("webhooks", "stats");
  }

  @Test
  void sessionEndsWithItsKey() {
    JsonObject key = key("acme", "webhooks");
    Browser browser = Browser.signedIn(node, key.getString("key"));
    assertThat(browser.get("/api/v1/webhooks").statusCode()).isEqualTo(200);

    HttpResponse<String> revoked =
        node.call(
            "DELETE",
            "/api/v1/keys/" + key.getLong("id"),
            null,
            "Authorization",
            "Bearer " + OPERATOR);

    assertThat(revoked.statusCode()).isEqualTo(204);
    assertThat(browser.get("/api/v1/webhooks").statusCode()).isEqualTo(401);
    assertThat(browser.sessionStatus()).isEqualTo(401);
  }

  @Test
  void sessionHasTheRightsThatItsKeyHasNow() {
    JsonObject key = key("acme", "webhooks");
    Browser browser = Browser.signedIn(node, key.getString("key"));

    stores
        .postgres()
        .execute("UPDATE api_keys SET scopes = '{stats}' WHERE id = " + key.getLong("id"));

    Waiting.until("the scope is gone", () -> browser.get("/api/v1/webhooks").statusCode() == 403);
    assertThat(browser.session().getJsonArray("scopes")).containsExactly("stats");
  }

  @Test
  void keyOfSomeAddressesIsUsedFromThereOnly() {
    JsonObject wanted =
        new JsonObject()
            .put("name", "t")
            .put("scopes", new JsonArray().add("webhooks"))
            .put("sources", new JsonArray().add("10.1.0.0/16"));
    String key =
        new JsonObject(node.post("/api/v1/keys", wanted.encode(), OPERATOR).body())
            .getString("key");
    Browser browser = new Browser(node);

    assertThat(browser.signIn(key).statusCode()).isEqualTo(401);
    assertThat(browser.signIn(key, "X-Forwarded-For", "10.1.2.3").statusCode()).isEqualTo(200);
    assertThat(browser.call("GET", SESSION, null, "X-Forwarded-For", "10.1.2.4").statusCode())
        .isEqualTo(200);
    assertThat(browser.sessionStatus()).isEqualTo(401);
    assertThat(browser.call("GET", SESSION, null, "X-Forwarded-For", "10.1.2.4").statusCode())
        .as("it has ended when it was used from elsewhere")
        .isEqualTo(401);
  }

  @ParameterizedTest
  @ValueSource(strings = {"tokens/mine/revoke", "users/boss2/revoke"})
  void sessionEndsWithItsToken(String revocation) {
    String token =
        TestTokens.sign(
            new JsonObject()
                .put("tenant_id", "acme")
                .put("user_id", "boss2")
                .put("role", "admin")
                .put("jti", "mine")
                .put("iat", TestTokens.now() - 60)
                .put("exp", TestTokens.now() + 600));
    String tenant = revocation.startsWith("tokens") ? "acme" : "other";
    String own =
        tenant.equals("acme")
            ? token
            : TestTokens.sign(
                new JsonObject()
                    .put("tenant_id", "other")
                    .put("user_id", "boss2")
                    .put("iat", TestTokens.now() - 60)
                    .put("exp", TestTokens.now() + 600));
    Browser browser = Browser.signedIn(node, own);

    HttpResponse<String> revoked =
        node.post("/api/v1/tenants/" + tenant + "/" + revocation, "", OPERATOR);

    assertThat(revoked.statusCode()).isEqualTo(202);
    Waiting.until("the session has ended", () -> browser.sessionStatus() == 401);
  }

  @Test
  void sessionDoesNotOutliveItsToken() {
    String token =
        TestTokens.sign(
            new JsonObject()
                .put("tenant_id", "acme")
                .put("user_id", "short")
                .put("exp", TestTokens.now() + 3));
    Browser browser = Browser.signedIn(node, token);

    Waiting.until("the session has ended", () -> browser.sessionStatus() == 401);
  }

  @Test
  void signingOutEndsTheSessionAndRemovesTheCookie() {
    Browser browser = Browser.signedIn(node, OPERATOR);

    HttpResponse<String> out = browser.call("DELETE", SESSION, null);

    assertThat(out.statusCode()).isEqualTo(204);
    assertThat(cookieOf(out)).startsWith("switchboard=; Path=/; Max-Age=0;");
    assertThat(browser.sessionStatus()).isEqualTo(401);
    assertThat(browser.call("DELETE", SESSION, null).statusCode()).isEqualTo(204);
  }

  @Test
  void signingInAgainEndsTheSessionBefore() {
    Browser browser = Browser.signedIn(node, OPERATOR);
    String before = browser.cookie();

    assertThat(browser.signIn(OPERATOR).statusCode()).isEqualTo(200);

    assertThat(browser.cookie()).isNotEqualTo(before);
    assertThat(
            node.call("GET", SESSION, null, "Cookie", before, "Sec-Fetch-Site", "same-origin")
                .statusCode())
        .isEqualTo(401);
  }

  @Test
  void idleSessionEndsAndOneInUseDoesNot() {
    JsonObject config = config();
    config.getJsonObject("console").put("idle", "2s").put("sessionLifetime", "1h");
    try (TestNode other = TestNode.start(config)) {
      Browser used = Browser.signedIn(other, OPERATOR);
      Browser idle = Browser.signedIn(other, OPERATOR);
      String idleKey = "switchboard:console-session:" + hashOf(idle);

      Waiting.until(
          "the idle session has ended",
          () -> {
            assertThat(used.sessionStatus()).isEqualTo(200);
            return stores.redis().cli("EXISTS", idleKey).equals("0");
          });

      assertThat(idle.sessionStatus()).isEqualTo(401);
      assertThat(used.sessionStatus()).isEqualTo(200);
    }
  }

  private static String hashOf(Browser browser) {
    return hash(browser.cookie().substring(browser.cookie().indexOf('=') + 1));
  }

  private static String hash(String secret) {
    return HexFormat.of().formatHex(new ApiKey(secret).hash());
  }

  @Test
  void administratorsListAndEndSessionsOfTheirTenantOnly() {
    String admin = TestTokens.user("listed", "boss", "admin");
    Browser mine = Browser.signedIn(node, admin);
    Browser agent = Browser.signedIn(node, TestTokens.user("listed", "7"));
    Browser stranger = Browser.signedIn(node, TestTokens.user("elsewhere", "boss", "admin"));
    String agentId = agent.session().getString("id");

    JsonArray listed = new JsonObject(mine.get(SESSIONS).body()).getJsonArray("sessions");

    assertThat(listed).hasSize(2);
    JsonObject own =
        listed.stream()
            .map(JsonObject.class::cast)
            .filter(session -> session.getBoolean("current"))
            .findFirst()
            .orElseThrow();
    assertThat(own.getString("user")).isEqualTo("boss");
    assertThat(own.getString("address")).isEqualTo("127.0.0.1");
    assertThat(agent.get(SESSIONS).statusCode()).isEqualTo(403);
    assertThat(stranger.get(SESSIONS + "?tenant_id=listed").statusCode()).isEqualTo(403);
    assertThat(stranger.call("DELETE", SESSIONS + "/" + agentId, null).statusCode()).isEqualTo(404);
    assertThat(agent.sessionStatus()).isEqualTo(200);
    assertThat(mine.call("DELETE", SESSIONS + "/" + agentId, null).statusCode()).isEqualTo(204);
    assertThat(agent.sessionStatus()).isEqualTo(401);
    assertThat(mine.call("DELETE", SESSIONS + "/" + agentId, null).statusCode()).isEqualTo(404);
    Browser operator = Browser.signedIn(node, OPERATOR);
    assertThat(
            operator
                .call(
                    "DELETE",
                    SESSIONS + "/" + mine.session().getString("id") + "?tenant_id=listed",
                    null)
                .statusCode())
        .isEqualTo(204);
    assertThat(mine.sessionStatus()).isEqualTo(401);
  }

  @Test
  void onlyTheNewestHundredSessionsOfATenantRemain() {
    String token = TestTokens.user("many", "7");
    Browser first = Browser.signedIn(node, token);

    for (int i = 0; i < 100; i++) {
      Browser unused = Browser.signedIn(node, token);
    }

    assertThat(stores.redis().cli("ZCARD", "switchboard:console-sessions:many")).isEqualTo("100");
    assertThat(first.sessionStatus()).isEqualTo(401);
  }

  @Test
  void wrongCredentialsAreLimitedPerAddressAndARightOneIsNot() {
    String[] here = {"X-Forwarded-For", "192.0.2.7"};
    for (int i = 0; i < 10; i++) {
      assertThat(new Browser(node).signIn("wrong" + i, here).statusCode()).isEqualTo(401);
    }

    HttpResponse<String> eleventh = new Browser(node).signIn("wrong", here);

    assertThat(eleventh.statusCode()).isEqualTo(429);
    assertThat(eleventh.headers().firstValueAsLong("Retry-After").orElse(0)).isBetween(1L, 6L);
    assertThat(new Browser(node).signIn(OPERATOR, here).statusCode()).isEqualTo(200);
    assertThat(new Browser(node).signIn("wrong", "X-Forwarded-For", "192.0.2.8").statusCode())
        .isEqualTo(401);
  }

  @Test
  void ticketOpensOneSessionOnce() {
    String ticket = "T".repeat(43);
    issue(ticket, key("", "admin").getString("key"), "60000");
    Browser browser = new Browser(node);

    HttpResponse<String> opened = browser.signInWithTicket(ticket);

    assertThat(opened.statusCode()).as(opened.body()).isEqualTo(200);
    assertThat(browser.session().getString("kind")).isEqualTo("ticket");
    assertThat(browser.session().getBoolean("all_tenants")).isTrue();
    assertThat(new Browser(node).signInWithTicket(ticket).statusCode()).isEqualTo(401);
    assertThat(new Browser(node).signInWithTicket("unknown").statusCode()).isEqualTo(401);
    assertThat(browser.call("POST", SESSION, "{}").statusCode()).isEqualTo(400);
  }

  @Test
  void ticketOfARevokedKeyOpensNothing() {
    String ticket = "R".repeat(43);
    JsonObject key = key("", "admin");
    issue(ticket, key.getString("key"), "60000");
    HttpResponse<String> unused =
        node.call(
            "DELETE",
            "/api/v1/keys/" + key.getLong("id"),
            null,
            "Authorization",
            "Bearer " + OPERATOR);

    assertThat(new Browser(node).signInWithTicket(ticket).statusCode()).isEqualTo(401);
  }

  @Test
  void expiredTicketOpensNothing() {
    String ticket = "E".repeat(43);
    issue(ticket, key("", "admin").getString("key"), "1");
    Waiting.until(
        "it has expired",
        () ->
            stores.redis().cli("EXISTS", "switchboard:ticket:console:" + hash(ticket)).equals("0"));

    assertThat(new Browser(node).signInWithTicket(ticket).statusCode()).isEqualTo(401);
  }

  /** Stores a ticket as the command {@code run --development} does. */
  private static void issue(String ticket, String key, String millis) {
    String credential = new JsonObject().put("kind", "key").put("hash", hash(key)).encode();
    assertThat(
            stores
                .redis()
                .cli("SET", "switchboard:ticket:console:" + hash(ticket), credential, "PX", millis))
        .isEqualTo("OK");
  }
}
