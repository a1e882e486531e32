package dev.switchboard.webhooks.format;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.webhooks.format.FormatChoice.Reason;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FormatChoiceTest {
  @ParameterizedTest
  @CsvSource({
    "https://hooks.slack.com/services/YOUR/WEBHOOK/URL, SLACK",
    "https://HOOKS.SLACK.COM/services/a, SLACK",
    "https://discord.com/api/webhooks/1/a, DISCORD",
    "https://canary.discord.com/api/v10/webhooks/1/a, DISCORD",
    "https://discord.com/api/webhooks/1/a/slack, SLACK",
    "https://chat.googleapis.com/v1/spaces/A/messages?key=k, GOOGLE_CHAT",
    "https://prod-1.westeurope.logic.azure.com:443/workflows/ab/triggers/manual, TEAMS",
    "https://x.environment.api.powerplatform.com/powerautomate/automations/direct/workflows/a, TEAMS",
    "https://contoso.webhook.office.com/webhookb2/a, TEAMS",
  })
  void hostThatTakesOneFormatGetsIt(String url, WebhookFormat format) {
    assertThat(FormatChoice.of(null, url)).isEqualTo(new FormatChoice(format, Reason.HOST));
  }

  @ParameterizedTest
  @CsvSource({
    "https://hooks.zapier.com/hooks/catch/1/a",
    "https://nothooks.slack.com/services/a",
    "https://hooks.slack.com.evil.test/services/a",
    "https://discord.com/channels/1",
    "https://app.azurewebsites.net/workflows/a",
    "not a url",
  })
  void otherHostsGetTheStandardBody(String url) {
    assertThat(FormatChoice.of(null, url))
        .isEqualTo(new FormatChoice(WebhookFormat.STANDARD, Reason.DEFAULT));
  }

  @Test
  void configuredFormatWins() {
    assertThat(FormatChoice.of(WebhookFormat.STANDARD, "https://hooks.slack.com/services/a"))
        .isEqualTo(new FormatChoice(WebhookFormat.STANDARD, Reason.CONFIGURED));
  }

  @Test
  void everyFormatIsFoundByItsWireName() {
    for (WebhookFormat format : WebhookFormat.values()) {
      assertThat(WebhookFormat.named(format.wireName())).contains(format);
    }
    assertThat(WebhookFormat.named("xml")).isEmpty();
  }
}
