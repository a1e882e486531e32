package dev.switchboard.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.support.RawHttp;
import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestTokens;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** HTTP/1.1 to the letter (RFC 9110, RFC 9112), over bare TCP. */
class HttpProtocolIT {
  private static final String KEY = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
  private static final String HOST = "Host: localhost\r\n";
  private static final String EVENT = "{\"tenant_id\":\"letter\",\"type\":\"alert\",\"payload\":1}";

  @RegisterExtension static final Stores stores = new Stores();

  private static TestNode node;

  @BeforeAll
  static void start() {
    node = TestNode.start(stores);
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  /** An answer whose body is a problem document with the same status. */
  private record Refusal(String head, JsonObject problem) {
    String field(String name) {
      Matcher field =
          Pattern.compile("\r\n" + name + ": ([^\r]*)\r\n", Pattern.CASE_INSENSITIVE).matcher(head);
      return field.find() ? field.group(1) : "";
    }
  }

  private static Refusal refusal(String request) throws IOException {
    try (RawHttp http = new RawHttp(node)) {
      http.send(request);
      return refusal(http.readAnswer());
    }
  }

  private static Refusal refusal(RawHttp.Answer answer) {
    Refusal refusal = new Refusal(answer.head(), new JsonObject(answer.body()));
    assertThat(refusal.field("content-type")).isEqualTo("application/problem+json");
    assertThat(refusal.head())
        .matches("(?s)HTTP/1\\.[01] " + refusal.problem().getInteger("status") + " .*");
    assertThat(refusal.problem().getString("detail")).isNotBlank();
    assertThat(refusal.problem().getString("request_id")).isNotBlank();
    return refusal;
  }

  private static void assertStatus(Refusal refusal, int status) {
    assertThat(refusal.problem().getInteger("status")).as(refusal.head()).isEqualTo(status);
  }

  @ParameterizedTest
  @CsvSource({
    "400, /problems/bad-request, 'GET /ws HTTP/1.1~Host: a~bad header~~'",
    "400, /problems/bad-request, 'GET /ws HTTP/1.1~Host: a~: x~~'",
    "400, /problems/bad-request, 'GARBAGE~~'",
    "400, /problems/bad-request, 'GET /ws HTTP/1.1~Host: a~Host: a~~'",
    "400, /problems/bad-request, 'GET /ws HTTP/1.1~Host: a~Host: b~~'",
    "400, /problems/bad-request, 'GET /ws HTTP/1.1~~'",
    "400, /problems/bad-request, 'POST /api/v1/events HTTP/1.1~Host: a~Content-Length: x~~'",
    "400, /problems/bad-request, 'POST /api/v1/events HTTP/1.0~Host: a~Transfer-Encoding:"
        + " chunked~~'",
    "501, /problems/not-implemented, 'POST /api/v1/events HTTP/1.1~Host: a~Transfer-Encoding:"
        + " gzip~~'",
    "501, /problems/not-implemented, 'POST /api/v1/events HTTP/1.1~Host: a~Transfer-Encoding: gzip,"
        + " chunked~~'",
    "501, /problems/not-implemented, 'POST /api/v1/events HTTP/1.1~Host: a~Transfer-Encoding:"
        + " gzip~Transfer-Encoding: chunked~~'",
    "501, /problems/not-implemented, 'POST /api/v1/events HTTP/1.1~Host: a~Transfer-Encoding:"
        + " xchunked~~'",
    "505, /problems/unsupported-version, 'GET /ws HTTP/1.2~Host: a~~'",
    "505, /problems/unsupported-version, 'GET /ws HTTP/3.0~Host: a~~'"
  })
  void requestThatIsNotHttpIsRefused(int status, String type, String request) throws IOException {
    Refusal refusal = refusal(request.replace("~", "\r\n"));

    assertStatus(refusal, status);
    assertThat(refusal.problem().getString("type")).isEqualTo(type);
  }

  @Test
  void requestWithTooLongALineOrHeaderIsRefused() throws IOException {
    String much = "x".repeat(40_000);

    assertStatus(refusal("GET /ws?x=" + much + " HTTP/1.1\r\n" + HOST + "\r\n"), 414);
    assertStatus(refusal("GET /ws HTTP/1.1\r\n" + HOST + "X: " + much + "\r\n\r\n"), 431);
  }

  @Test
  void refusalNamesTheIdOfTheRequest() throws IOException {
    String head = "POST /api/v1/events HTTP/1.1\r\n" + HOST + "X-Request-Id: order-7\r\n";

    Refusal refusal = refusal(head + "Transfer-Encoding: gzip\r\n\r\n");

    assertThat(refusal.problem().getString("request_id")).isEqualTo("order-7");
  }

  @Test
  void connectionEndsAfterARequestThatIsNotHttp() throws IOException {
    try (RawHttp http = new RawHttp(node)) {
      http.send("POST /api/v1/events HTTP/1.1\r\n" + HOST + "Transfer-Encoding: gzip\r\n\r\n");
      Refusal refusal = refusal(http.readAnswer());

      assertThat(refusal.field("connection")).isEqualTo("close");
      assertThat(http.readToEnd()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"xyz\r\n{}", "-1\r\n", "2\r\n{}BAD\r\n", "ffffffffffffffffff\r\n"})
  void malformedChunkIsAnsweredAndEndsTheConnection(String chunk) throws IOException {
    try (RawHttp http = new RawHttp(node)) {
      http.send(post("Transfer-Encoding: chunked\r\n") + chunk);

      assertStatus(refusal(http.readAnswer()), 400);
      assertThat(http.readToEnd()).isEmpty();
    }
  }

  @Test
  void malformedChunkOfABodyThatNobodyReadsIsAnswered() throws IOException {
    try (RawHttp http = new RawHttp(node)) {
      http.send(post("Transfer-Encoding: chunked\r\n") + "1\r\n{\r\n");
      http.send("oops\r\n");

      assertStatus(refusal(http.readAnswer()), 400);
    }
    try (RawHttp http = new RawHttp(node)) {
      String unauthenticated = post("Transfer-Encoding: chunked\r\n").replace("Bearer", "Nobody");
      http.send(unauthenticated + "oops\r\n");

      assertThat(refusal(http.readAnswer()).problem().getInteger("status")).isIn(400, 401);
      assertThat(http.readToEnd()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"gzip", "br", "identity, gzip", "unheard-of"})
  void codedBodyIsRefused(String coding) throws IOException {
    Refusal refusal =
        refusal(
            post("Content-Encoding: " + coding + "\r\nContent-Length: " + EVENT.length() + "\r\n")
                + EVENT);

    assertStatus(refusal, 415);
    assertThat(refusal.field("accept-encoding")).isEqualTo("identity");
    assertThat(refusal.problem().getString("type")).isEqualTo("/problems/unsupported-coding");
  }

  @Test
  void bodyWithTheCodingIdentityIsTaken() throws IOException {
    try (RawHttp http = new RawHttp(node)) {
      http.send(
          post("Content-Encoding: Identity\r\nContent-Length: " + EVENT.length() + "\r\n") + EVENT);

      assertThat(http.readHead()).startsWith("HTTP/1.1 202 ");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/api/v1/events/stream/",
        "/api/v1//events/stream",
        "//api/v1/events/stream",
        "/api/v1/./events/stream",
        "/api/v1/x/../events/stream",
        "/api/v1/x/%2E%2e/events/stream",
        "/api/v1/event%73/stream",
        "/%61pi/v1/events/stream",
        "/ws/",
        "//ws",
        "/openapi.yaml/",
        "/client/./manifest.json"
      })
  void otherSpellingOfAPathIsRefused(String path) throws IOException {
    assertStatus(refusal("GET " + path + " HTTP/1.1\r\n" + HOST + "\r\n"), 404);
  }

  @ParameterizedTest
  @CsvSource({
    "'', 'this is a WebSocket endpoint'",
    "'Upgrade: websocket~Connection: Upgrade~Sec-WebSocket-Version: 12~', 'use 13'",
    "'Upgrade: websockets~Connection: Upgrade~Sec-WebSocket-Version: 13~', 'upgrade request'"
  })
  void requestWithoutAnUpgradeHearsWhatToUpgradeTo(String fields, String detail)
      throws IOException {
    Refusal refusal = refusal("GET /ws HTTP/1.1\r\n" + HOST + fields.replace("~", "\r\n") + "\r\n");

    assertStatus(refusal, 426);
    assertThat(refusal.field("upgrade")).isEqualTo("websocket");
    assertThat(refusal.field("connection")).isEqualToIgnoringCase("upgrade");
    assertThat(refusal.field("sec-websocket-version")).isEqualTo("13");
    assertThat(refusal.problem().getString("detail")).contains(detail);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "Sec-WebSocket-Key: short\r\n",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZ!==\r\n",
        KEY + KEY
      })
  void upgradeWithoutOneProperKeyIsABadRequest(String key) throws IOException {
    assertStatus(refusal(upgrade("Upgrade: websocket\r\nConnection: Upgrade\r\n" + key)), 400);
  }

  @Test
  void upgradeNamedInListsIsAccepted() throws IOException {
    try (RawHttp http = new RawHttp(node)) {
      http.send(
          upgrade(
              "Upgrade: foo, WebSocket\r\nConnection: keep-alive\r\nConnection: Upgrade\r\n"
                  + KEY));

      assertThat(http.readHead()).startsWith("HTTP/1.1 101 ");
    }
  }

  private static String upgrade(String fields) {
    return "GET /ws HTTP/1.1\r\n" + HOST + "Sec-WebSocket-Version: 13\r\n" + fields + "\r\n";
  }

  @ParameterizedTest
  @ValueSource(strings = {"/openapi.yaml", "/ws", "/nowhere", "/client/manifest.json"})
  void everyAnswerHasItsDate(String path) throws IOException {
    try (RawHttp http = new RawHttp(node)) {
      http.send("GET " + path + " HTTP/1.1\r\n" + HOST + "\r\n");
      Refusal answer = new Refusal(http.readHead(), new JsonObject());

      Instant date =
          ZonedDateTime.parse(answer.field("date"), DateTimeFormatter.RFC_1123_DATE_TIME)
              .toInstant();
      assertThat(Duration.between(date, Instant.now()).abs()).isLessThan(Duration.ofMinutes(1));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "/api/v1/webhooks/failed, 'GET, HEAD, OPTIONS'",
    "/api/v1/webhooks/test, 'OPTIONS, POST'",
    "/api/v1/webhooks/1, 'DELETE, GET, HEAD, OPTIONS, PATCH, PUT'",
    "/client/manifest.json, 'GET, HEAD'"
  })
  void allowListsTheMethodsOfThatRouteOnly(String path, String methods) throws IOException {
    Refusal refusal = refusal("BREW " + path + " HTTP/1.1\r\n" + HOST + "\r\n");

    assertStatus(refusal, 405);
    assertThat(refusal.field("allow")).isEqualTo(methods);
  }

  @ParameterizedTest
  @ValueSource(strings = {"failed", "preview", "test"})
  void methodOfAWebhookIsNotAllowedForThePathsBesideTheirIds(String name) throws IOException {
    Refusal refusal =
        refusal(
            "DELETE /api/v1/webhooks/"
                + name
                + " HTTP/1.1\r\n"
                + HOST
                + "Authorization: Bearer "
                + TestTokens.service()
                + "\r\n\r\n");

    assertStatus(refusal, 405);
    assertThat(refusal.field("allow")).contains("OPTIONS").doesNotContain("DELETE");
  }

  private static String post(String fields) {
    return "POST /api/v1/events HTTP/1.1\r\n"
        + HOST
        + "Authorization: Bearer "
        + TestTokens.service()
        + "\r\nContent-Type: application/json\r\n"
        + fields
        + "\r\n";
  }
}
