package dev.switchboard.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.switchboard.bus.HubBatch.AttemptItem;
import dev.switchboard.bus.HubBatch.Attempted;
import dev.switchboard.bus.HubBatch.AttemptsMissed;
import dev.switchboard.bus.WebhookSignal;
import dev.switchboard.event.TenantId;
import dev.switchboard.support.PublishedMessages;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Webhook signals and attempts are sent and read in one form, and nothing else is accepted. */
class WebhookSignalsTest {
  private static final TenantId TENANT = new TenantId("t");

  static List<Arguments> signals() {
    return List.of(
        arguments(
            new WebhookSignal.AttemptsWanted(TENANT),
            "{\"kind\":\"tail_wanted\",\"tenant_id\":\"t\",\"webhook_id\":0,\"delivery_id\":0}"),
        arguments(
            new WebhookSignal.DeliveryCancelled(TENANT, 42, 7),
            "{\"kind\":\"cancelled\",\"tenant_id\":\"t\",\"webhook_id\":42,\"delivery_id\":7}"),
        arguments(
            new WebhookSignal.DeliveriesCancelled(TENANT, 42),
            "{\"kind\":\"cancelled\",\"tenant_id\":\"t\",\"webhook_id\":42,\"delivery_id\":0}"));
  }

  @ParameterizedTest
  @MethodSource("signals")
  void signalIsReadAsItWasSent(WebhookSignal signal, String text) {
    PublishedMessages published = new PublishedMessages();

    assertThat(new WebhookSignals(published, new Keys("p")).send(signal)).isNotNull();

    assertThat(published.messages()).containsExactly(text);
    assertThat(WebhookSignals.parse(utf8(text))).isEqualTo(signal);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{}",
        "{\"kind\":\"disconnect\",\"tenant_id\":\"t\"}",
        "{\"kind\":\"cancelled\"}",
        "{\"kind\":\"cancelled\",\"tenant_id\":\"t\"}",
        "{\"kind\":\"cancelled\",\"tenant_id\":\"t\",\"webhook_id\":\"x\"}",
        "{\"kind\":\"cancelled\",\"tenant_id\":\"t\",\"webhook_id\":null}",
        "{\"kind\":\"tail_wanted\",\"tenant_id\":null}",
        "{\"kind\":null,\"tenant_id\":\"t\"}"
      })
  void otherMessageIsNotASignal(String text) {
    assertThat(WebhookSignals.parse(utf8(text))).isNull();
  }

  @Test
  void attemptHasItsWebhookAndTheMessageForSockets() {
    AttemptItem item = WebhookSignals.parseAttempt(TENANT, utf8("42 {\"type\":\"x\"}"));

    assertThat(item)
        .isInstanceOfSatisfying(
            Attempted.class,
            attempted -> {
              assertThat(attempted.webhook()).isEqualTo(42);
              assertThat(attempted.message()).isEqualTo(utf8("{\"type\":\"x\"}"));
            });
  }

  @Test
  void numberZeroMeansMissedAttempts() {
    AttemptItem item = WebhookSignals.parseAttempt(TENANT, utf8("0 {\"type\":\"x\"}"));

    assertThat(item)
        .isInstanceOfSatisfying(
            AttemptsMissed.class,
            missed -> assertThat(missed.message()).isEqualTo(utf8("{\"type\":\"x\"}")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "42", "42 ", "x {}", "42{}", "42 []", "-1 {}", "9999999999999999999 {}"})
  void otherBytesAreNotAnAttempt(String text) {
    assertThat(WebhookSignals.parseAttempt(TENANT, utf8(text))).isNull();
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
