package dev.switchboard.webhooks.format;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.switchboard.support.NameServer;
import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestTokens;
import dev.switchboard.support.Waiting;
import dev.switchboard.support.WebhookReceiver;
import dev.switchboard.webhooks.WebhookTable;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Chat services that enforce their own rules get messages from rows written by plain SQL. */
@SuppressWarnings("NullAway.Init")
class WebhookFormatsIT {
  @RegisterExtension static final Stores stores = new Stores();

  private static final String PATH = "/api/v1/webhooks";
  private static final JsonObject CALL =
      new JsonObject().put("unique_id", "1").put("caller_id", "<!channel> @everyone");

  private static NameServer names;
  private static TestNode node;

  private final String tenant = "tenant-" + UUID.randomUUID().toString().substring(0, 8);
  private final String admin = TestTokens.user(tenant, "1", "admin");
  private final WebhookTable table = new WebhookTable(stores, tenant);

  @BeforeAll
  static void startNode() {
    names = new NameServer();
    for (String host :
        List.of("hooks.slack.com", "discord.com", "chat.googleapis.com", "a.logic.azure.com")) {
      names.answer(host, "127.0.0.1");
    }
    JsonObject config = TestNode.config(stores);
    config
        .getJsonObject("webhooks")
        .put("nameServers", new JsonArray().add(names.address()))
        .put("linkTemplate", "https://crm.example.com/{tenant_id}/{event_id}");
    node = TestNode.start(config);
  }

  @AfterAll
  static void stopNode() {
    node.close();
    names.close();
  }

  @Test
  void rowForSlackBySqlPutsAMessageIntoSlack() throws Exception {
    String message = delivered(ChatRules::slack, "http://hooks.slack.com:%d/services/A/B");

    assertThat(message)
        .contains("Incoming call", "&lt;!channel&gt;", "https://crm.example.com/" + tenant)
        .doesNotContain("<!channel>");
  }

  @Test
  void rowForDiscordBySqlPutsAMessageIntoDiscord() throws Exception {
    String message = delivered(ChatRules::discord, "http://discord.com:%d/api/webhooks/1/a");

    assertThat(new JsonObject(message).getJsonObject("allowed_mentions").getJsonArray("parse"))
        .isEmpty();
  }

  @Test
  void rowForGoogleChatBySqlPutsACardIntoItsSpace() throws Exception {
    assertThat(delivered(ChatRules::googleChat, "http://chat.googleapis.com:%d/v1/spaces/A"))
        .contains("cardsV2");
  }

  @Test
  void rowForATeamsWorkflowBySqlPutsACardIntoTeams() throws Exception {
    assertThat(delivered(ChatRules::teams, "http://a.logic.azure.com:%d/workflows/1/triggers"))
        .contains("AdaptiveCard");
  }

  @Test
  void rateLimitOfAChatServiceIsWaitedOut() throws Exception {
    try (ChatService slack = new ChatService(ChatRules::slack)) {
      slack.throttle(1);
      long webhook =
          table.insert("http://hooks.slack.com:" + slack.port() + "/services/A", "retry_count = 3");
      publishUntilKnown(webhook);

      assertThat(slack.next()).contains("Incoming call");
      assertThat(table.attempts(webhook, "error").get(0))
          .startsWith("http_4xx: 429")
          .contains("ratelimited");
    }
  }

  @Test
  void refusalOfAChatServiceIsShownInTheLogAndFinal() throws Exception {
    try (ChatService slack = new ChatService(body -> "channel_not_found")) {
      long webhook =
          table.insert("http://hooks.slack.com:" + slack.port() + "/services/A", "retry_count = 3");
      publishUntilKnown(webhook);

      Waiting.until(
          "the refusal is in the log",
          () ->
              table.attempts(webhook, "error || ' ' || outcome").stream()
                  .anyMatch(
                      row ->
                          row != null
                              && row.contains(": channel_not_found")
                              && row.endsWith("failed")));
    }
  }

  @Test
  void callsNameTheEventItsTenantAndItsChat() {
    try (WebhookReceiver receiver = new WebhookReceiver()) {
      long unused = create(new JsonObject().put("url", receiver.url())).getLong("id");

      publish(
          new JsonObject()
              .put("type", "chat.message")
              .put("event_id", "hello-1")
              .put("user_id", "7")
              .put("session_id", "chat-1")
              .put("payload", new JsonObject().put("text", "Hello")));

      WebhookReceiver.Call call = receiver.next();
      assertThat(call.header("X-Webhook-Event-ID")).isEqualTo("hello-1");
      assertThat(call.header("X-Webhook-Tenant")).isEqualTo(tenant);
      assertThat(call.header("X-Webhook-User")).isEqualTo("7");
      assertThat(call.header("X-Webhook-Session")).isEqualTo("chat-1");
      assertThat(call.text())
          .matches(
              "\\{\"event\":\"chat.message\",\"timestamp\":\\d+,\"data\":\\{\"text\":\"Hello\"}}");
    }
  }

  @Test
  void templateMakesTheBodyAndTheApiSaysWhichFormatIsInForce() {
    try (WebhookReceiver receiver = new WebhookReceiver()) {
      JsonObject created =
          create(
              new JsonObject()
                  .put("url", receiver.url())
                  .put("format", "template")
                  .put("content_type", "text/plain")
                  .put("template", "{{event}}: {{data.caller_id}}"));

      assertThat(created.getString("effective_format")).isEqualTo("template");
      assertThat(created.getString("format_reason")).isEqualTo("configured");
      publish(new JsonObject().put("type", "call.incoming").put("payload", CALL));

      WebhookReceiver.Call call = receiver.next();
      assertThat(call.header("Content-Type")).isEqualTo("text/plain");
      assertThat(call.text()).isEqualTo("call.incoming: <!channel> @everyone");
    }
  }

  @Test
  void invalidFormatsAndTemplatesAreRefusedByName() {
    assertRefused(new JsonObject().put("format", "xml"), "/format");
    assertRefused(new JsonObject().put("format", "template"), "/template");
    assertRefused(
        new JsonObject().put("format", "template").put("template", "{{#a}}"), "/template");
    assertRefused(
        new JsonObject().put("format", "template").put("template", "not json"), "/template");
    assertRefused(new JsonObject().put("template", "x"), "/template");
    assertRefused(
        new JsonObject()
            .put("format", "template")
            .put("content_type", "no type")
            .put("template", "x"),
        "/content_type");
  }

  @Test
  void previewAnswersTheBodyAndCallsNobody() {
    HttpResponse<String> answer =
        node.post(
            PATH + "/preview",
            new JsonObject()
                .put("url", "https://hooks.slack.com/services/A")
                .put("event", "call.incoming")
                .put("payload", CALL)
                .encode(),
            admin);

    assertThat(answer.statusCode()).isEqualTo(200);
    JsonObject preview = new JsonObject(answer.body());
    assertThat(preview.getString("format")).isEqualTo("slack");
    assertThat(preview.getString("format_reason")).isEqualTo("host");
    assertThat(ChatRules.slack(preview.getString("body"))).isNull();
  }

  private String delivered(Function<String, @Nullable String> rules, String url) throws Exception {
    try (ChatService service = new ChatService(rules)) {
      long webhook = table.insert(url.formatted(service.port()), "retry_count = 0");
      publishUntilKnown(webhook);
      return service.next();
    }
  }

  /** A row by plain SQL is known within two seconds: publishes until an event owes a delivery. */
  private void publishUntilKnown(long webhook) {
    Waiting.until(
        "an event owes a delivery",
        () ->
            publish(new JsonObject().put("type", "call.incoming").put("payload", CALL))
                    .getInteger("deliveries")
                > 0);
    assertThat(webhook).isPositive();
  }

  @CanIgnoreReturnValue
  private JsonObject publish(JsonObject event) {
    HttpResponse<String> answer =
        node.post("/api/v1/events", event.put("tenant_id", tenant).encode(), TestTokens.service());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
    return new JsonObject(answer.body());
  }

  private JsonObject create(JsonObject webhook) {
    HttpResponse<String> answer = node.post(PATH, webhook.put("name", "mine").encode(), admin);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
    return new JsonObject(answer.body());
  }

  private void assertRefused(JsonObject webhook, String pointer) {
    HttpResponse<String> answer =
        node.post(
            PATH,
            webhook.put("name", "mine").put("url", "https://receiver.example.com/").encode(),
            admin);
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).contains("\"" + pointer + "\"");
  }
}
