package dev.switchboard.webhooks.format;

import static dev.switchboard.webhooks.format.TestEvents.body;
import static dev.switchboard.webhooks.format.TestEvents.event;
import static dev.switchboard.webhooks.format.TestEvents.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.Test;

class BodyFormatterTest {
  private static final JsonObject CALL =
      new JsonObject()
          .put("unique_id", "1729866000.123")
          .put("caller_id", "+1234567890")
          .put("destination", "100")
          .put("queue_name", "support")
          .put("direction", "inbound");

  @Test
  void standardBodyHasThePayloadToTheByte() {
    DeliveredEvent event = event("call.incoming", "\"user_id\":\"7\"", CALL);

    assertThat(body(WebhookFormat.STANDARD, event))
        .isEqualTo(
            "{\"event\":\"call.incoming\",\"timestamp\":1795944600,\"data\":"
                + CALL.encode()
                + "}");
  }

  @Test
  void extendedBodyNamesTheEventAndItsContext() {
    DeliveredEvent event =
        event(
            "chat.message",
            "\"user_id\":\"7\",\"session_id\":\"s1\",\"sender\":{\"kind\":\"visitor\",\"id\":\"v\"}",
            new JsonObject().put("text", "Hello"));

    assertThat(new JsonObject(body(WebhookFormat.EXTENDED, event)))
        .isEqualTo(
            new JsonObject()
                .put("event", "chat.message")
                .put("timestamp", 1795944600)
                .put("event_id", "e-1")
                .put("tenant_id", "tenant-123")
                .put("user_id", "7")
                .put("session_id", "s1")
                .put("sender", new JsonObject().put("kind", "visitor").put("id", "v"))
                .put("data", new JsonObject().put("text", "Hello")));
  }

  @Test
  void cloudEventHasTheAttributesThatIngestReads() {
    RequestBody body =
        new BodyFormatter(LinkTemplate.NONE)
            .format(
                WebhookFormat.CLOUDEVENTS, null, event("ticket.created", "\"user_id\":\"7\"", 5));

    assertThat(body.contentType()).startsWith("application/cloudevents+json");
    assertThat(new JsonObject(text(body)).getMap())
        .containsEntry("specversion", "1.0")
        .containsEntry("id", "e-1")
        .containsEntry("source", "/tenants/tenant-123")
        .containsEntry("type", "ticket.created")
        .containsEntry("subject", "7")
        .containsEntry("tenantid", "tenant-123")
        .containsEntry("time", "2026-11-29T09:30:00.123Z")
        .containsEntry("data", 5);
  }

  @Test
  void slackMessageShowsTitleAndLabelledFields() {
    JsonObject message = new JsonObject(body(WebhookFormat.SLACK, event("call.incoming", CALL)));

    assertThat(message.getString("text")).isEqualTo("Incoming call (Caller: +1234567890)");
    JsonArray fields = message.getJsonArray("blocks").getJsonObject(1).getJsonArray("fields");
    assertThat(fields.stream().map(field -> ((JsonObject) field).getString("text")))
        .containsExactly(
            "*Caller*\n+1234567890",
            "*Destination*\n100",
            "*Queue*\nsupport",
            "*Direction*\ninbound",
            "*Call ID*\n1729866000.123");
  }

  @Test
  void slackValuesMentionNobodyAndHideNoLink() {
    JsonObject hostile = new JsonObject().put("text", "<!channel> <https://evil.test|bank> & co");

    assertThat(body(WebhookFormat.SLACK, event("chat.message", hostile)))
        .contains("&lt;!channel&gt; &lt;https://evil.test|bank&gt; &amp; co")
        .doesNotContain("<!channel>");
  }

  @Test
  void discordMentionsAreOffAndMarkdownIsEscaped() {
    JsonObject hostile = new JsonObject().put("text", "@everyone [bank](https://evil.test)");

    JsonObject message =
        new JsonObject(body(WebhookFormat.DISCORD, event("chat.message", hostile)));

    assertThat(message.getJsonObject("allowed_mentions").getJsonArray("parse")).isEmpty();
    assertThat(message.getJsonArray("embeds").getJsonObject(0).getString("description"))
        .isEqualTo("\\@everyone \\[bank\\]\\(https\\://evil.test\\)");
  }

  @Test
  void teamsTextsStandInRunsWithoutMarkdown() {
    String body =
        body(
            WebhookFormat.TEAMS,
            event("alert", new JsonObject().put("text", "[bank](https://evil.test)")));

    assertThat(ChatRules.teams(body)).isNull();
    assertThat(body).contains("\"type\":\"TextRun\",\"text\":\"[bank](https://evil.test)\"");
  }

  @Test
  void typesOfOnesOwnGetATitleAndTheirScalars() {
    JsonObject payload =
        new JsonObject()
            .put("order_no", 42)
            .put("lines", new JsonArray().add(1))
            .put("paid", true)
            .putNull("note");

    EventCard card = EventCard.of(event("order.line_added", payload), LinkTemplate.NONE);

    assertThat(card.title()).isEqualTo("Order line added");
    assertThat(card.fields())
        .containsExactly(
            new EventCard.Field("Order no", "42"), new EventCard.Field("Paid", "true"));
  }

  @Test
  void linkNamesTheEventPercentEncoded() {
    LinkTemplate links = new LinkTemplate("https://crm.test/{tenant_id}/u/{user_id}?e={event_id}");

    EventCard card = EventCard.of(event("alert", "\"user_id\":\"auth0|1\"", "x"), links);

    assertThat(card.link()).isEqualTo("https://crm.test/tenant-123/u/auth0%7C1?e=e-1");
  }
}
