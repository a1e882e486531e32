package dev.switchboard.webhooks.format;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ServiceAnswerTest {
  @Test
  void wordsOfSlackAreTheReason() {
    assertThat(ServiceAnswer.read(WebhookFormat.SLACK, 404, "channel_not_found"))
        .contains(new ServiceAnswer("channel_not_found", false));
    assertThat(ServiceAnswer.read(WebhookFormat.SLACK, 400, "rollup_error"))
        .contains(new ServiceAnswer("rollup_error", true));
    assertThat(ServiceAnswer.read(WebhookFormat.SLACK, 200, "ok")).isEmpty();
  }

  @Test
  void messagesInJsonAreTheReason() {
    assertThat(
            ServiceAnswer.read(
                WebhookFormat.DISCORD, 404, "{\"message\": \"Unknown Webhook\", \"code\": 10015}"))
        .contains(new ServiceAnswer("Unknown Webhook (10015)", false));
    assertThat(
            ServiceAnswer.read(
                WebhookFormat.GOOGLE_CHAT,
                429,
                "{\"error\":{\"code\":429,\"message\":\"Quota\",\"status\":\"RESOURCE_EXHAUSTED\"}}"))
        .contains(new ServiceAnswer("Quota (RESOURCE_EXHAUSTED)", true));
    assertThat(ServiceAnswer.read(WebhookFormat.DISCORD, 400, "<html>")).isEmpty();
  }

  @Test
  void officeConnectorThatAnswers200ToALostMessageFailed() {
    assertThat(
            ServiceAnswer.read(
                WebhookFormat.TEAMS,
                200,
                "Webhook message delivery failed with error: Microsoft Teams endpoint returned"
                    + " HTTP error 429 with ContextId 1"))
        .hasValueSatisfying(answer -> assertThat(answer.temporary()).isTrue());
    assertThat(ServiceAnswer.read(WebhookFormat.TEAMS, 200, "1")).isEmpty();
  }

  @Test
  void otherFormatsAreNotRead() {
    assertThat(ServiceAnswer.read(WebhookFormat.STANDARD, 400, "no_text")).isEmpty();
  }
}
