package dev.switchboard.api.console;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import dev.switchboard.support.Browser;
import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestTokens;
import dev.switchboard.support.Waiting;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.LoggerFactory;

/** What the audit log says, about requests with a credential and with a session alike. */
class AuditIT {
  private static final String OPERATOR = TestTokens.service();
  private static final Logger LOGGER = (Logger) LoggerFactory.getLogger("audit");

  @RegisterExtension static final Stores stores = new Stores();

  private static final List<String> LINES = new CopyOnWriteArrayList<>();
  private static final AppenderBase<ILoggingEvent> RECORDER =
      new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
          LINES.add(event.getFormattedMessage());
        }
      };

  private static TestNode node;

  @BeforeAll
  static void start() {
    node = TestNode.start(ConsoleFilesIT.config(stores));
    RECORDER.start();
    LOGGER.setLevel(Level.INFO);
    LOGGER.setAdditive(false);
    LOGGER.addAppender(RECORDER);
  }

  @AfterAll
  static void stop() {
    boolean unused = LOGGER.detachAppender(RECORDER);
    LOGGER.setAdditive(true);
    LOGGER.setLevel(null);
    node.close();
  }

  /** The line about that action of that tenant; waits for it. */
  private static JsonObject line(String action, String tenant) {
    Waiting.until(action + " is in the audit log", () -> !lines(action, tenant).isEmpty());
    return lines(action, tenant).get(0);
  }

  private static List<JsonObject> lines(String action, String tenant) {
    return LINES.stream()
        .map(JsonObject::new)
        .filter(line -> action.equals(line.getString("action")))
        .filter(line -> tenant.equals(line.getString("tenant")))
        .toList();
  }

  @Test
  void changeSaysWhoFromWhereWhatAndHowItEnded() {
    String admin = TestTokens.user("changing", "boss", "admin");
    JsonObject webhook =
        new JsonObject()
            .put("name", "n")
            .put("url", "http://127.0.0.1:9/hook")
            .put("secret", "never-to-be-logged");
    HttpResponse<String> made = node.post("/api/v1/webhooks", webhook.encode(), admin);

    JsonObject line = line("POST /api/v1/webhooks", "changing");

    assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
    assertThat(line.getJsonObject("caller"))
        .isEqualTo(new JsonObject().put("name", "user boss").put("role", "admin"));
    assertThat(line.getString("address")).isEqualTo("127.0.0.1");
    assertThat(line.getInteger("status")).isEqualTo(201);
    assertThat(line.getJsonObject("object").getString("made")).startsWith("/api/v1/webhooks/");
    assertThat(LINES).noneMatch(each -> each.contains("never-to-be-logged"));
  }

  @Test
  void callOfAConsoleNamesTheSession() {
    Browser browser = Browser.signedIn(node, OPERATOR);
    String session = browser.session().getString("id");
    JsonObject event =
        new JsonObject().put("tenant_id", "seen").put("type", "alert").put("payload", "contents");

    assertThat(browser.call("POST", "/api/v1/events", event.encode()).statusCode()).isEqualTo(202);
    assertThat(browser.call("POST", "/api/v1/tenants/seen/users/7/disconnect", null).statusCode())
        .isEqualTo(202);

    JsonObject line = line("POST /api/v1/tenants/:tenant/users/:user/disconnect", "seen");
    assertThat(line.getJsonObject("caller").getString("console_session")).isEqualTo(session);
    assertThat(line.getJsonObject("object").getString("user")).isEqualTo("7");
    Waiting.until(
        "the published event is in the audit log",
        () ->
            LINES.stream()
                .anyMatch(each -> each.contains("POST /api/v1/events") && each.contains(session)));
    assertThat(LINES).noneMatch(each -> each.contains("contents"));
  }

  @Test
  void publishingByApplicationsIsNotWritten() {
    JsonObject event =
        new JsonObject().put("tenant_id", "quiet").put("type", "alert").put("payload", 1);
    JsonObject unused = node.publish(event);
    assertThat(node.post("/api/v1/tenants/quiet/users/7/disconnect", "", OPERATOR).statusCode())
        .isEqualTo(202);

    JsonObject after = line("POST /api/v1/tenants/:tenant/users/:user/disconnect", "quiet");

    assertThat(after).isNotNull();
    assertThat(lines("POST /api/v1/events", "quiet")).isEmpty();
  }

  @Test
  void lookIntoContentsSaysWhatWasAskedFor() {
    int read = node.get("/api/v1/tenants/looked/events?limit=5", OPERATOR).statusCode();
    int refused =
        node.get("/api/v1/tenants/looked/events", TestTokens.user("other", "7")).statusCode();

    assertThat(read).isEqualTo(200);
    assertThat(refused).isEqualTo(403);
    Waiting.until(
        "both are in the audit log",
        () ->
            lines("GET /api/v1/tenants/:tenant/events", "looked").size() == 1
                && lines("GET /api/v1/tenants/:tenant/events", "other").size() == 1);
    assertThat(line("GET /api/v1/tenants/:tenant/events", "other").getInteger("status"))
        .isEqualTo(403);
  }

  @Test
  void signingInAndOutAndFailingToAreWritten() {
    Browser browser = Browser.signedIn(node, TestTokens.user("signing", "boss", "admin"));
    String id = browser.session().getString("id");
    String cookie = browser.cookie().substring("switchboard=".length());
    assertThat(new Browser(node).signIn("sbk_wrong-secret").statusCode()).isEqualTo(401);
    assertThat(browser.call("DELETE", "/api/v1/console/session", null).statusCode()).isEqualTo(204);

    Waiting.until(
        "the end is in the audit log",
        () -> LINES.stream().anyMatch(each -> each.contains("sign-out") && each.contains(id)));
    assertThat(LINES)
        .anyMatch(
            each ->
                each.contains("console sign-in")
                    && each.contains(id)
                    && each.contains("\"status\":200"))
        .anyMatch(each -> each.contains("console sign-in") && each.contains("\"status\":401"))
        .noneMatch(each -> each.contains(cookie) || each.contains("wrong-secret"));
  }

  @Test
  void portalIsNamedWithItsUser() {
    JsonObject wanted =
        new JsonObject().put("scopes", new JsonArray().add("webhooks")).put("user", "anna");
    String url =
        new JsonObject(node.post("/api/v1/tenants/shown/portal", wanted.encode(), OPERATOR).body())
            .getString("url");
    String ticket = url.substring(url.indexOf('=') + 1);
    String token =
        new JsonObject(
                node.call(
                        "POST",
                        "/api/v1/portal/session",
                        new JsonObject().put("ticket", ticket).encode())
                    .body())
            .getString("token");
    assertThat(node.get("/api/v1/webhooks/failed", token).statusCode()).isEqualTo(200);

    JsonObject line = line("GET /api/v1/webhooks/failed", "shown");

    assertThat(line.getJsonObject("caller").getString("portal_user")).isEqualTo("anna");
    assertThat(line("POST /api/v1/tenants/:tenant/portal", "shown").getInteger("status"))
        .isEqualTo(201);
    assertThat(LINES).noneMatch(each -> each.contains(ticket) || each.contains(token));
  }

  @Test
  void noNameForgesALine() {
    String forged = "x%22%7D%0A%7B%22action%22%3A%22forged%22%7D%C2%85%E2%80%A8%E2%80%AE";
    int status = node.get("/api/v1/tenants/forging/events?after=" + forged, OPERATOR).statusCode();

    JsonObject line = line("GET /api/v1/tenants/:tenant/events", "forging");

    assertThat(status).isEqualTo(400);
    assertThat(line.getJsonObject("filter").getString("after")).contains("\"forged\"");
    assertThat(LINES)
        .allMatch(each -> each.chars().allMatch(character -> character >= 32 && character < 127))
        .noneMatch(each -> "forged".equals(new JsonObject(each).getString("action")));
  }
}
