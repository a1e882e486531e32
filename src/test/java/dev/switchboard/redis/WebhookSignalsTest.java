package dev.switchboard.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.bus.WebhookSignal;
import dev.switchboard.event.TenantId;
import dev.switchboard.redis.WebhookSignals.Attempted;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What nodes say to each other about webhooks, and that nothing else is taken for it. */
class WebhookSignalsTest {
  @Test
  void aSignalIsRead() {
    String text =
        "{\"kind\":\"cancelled\",\"tenant_id\":\"t\",\"webhook_id\":42,\"delivery_id\":7}";

    assertThat(WebhookSignals.parse(utf8(text)))
        .isEqualTo(new WebhookSignal(WebhookSignal.Kind.CANCELLED, new TenantId("t"), 42, 7));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{}",
        "{\"kind\":\"disconnect\",\"tenant_id\":\"t\"}",
        "{\"kind\":\"cancelled\"}",
        "{\"kind\":\"cancelled\",\"tenant_id\":\"t\",\"webhook_id\":\"x\"}"
      })
  void anythingElseIsNone(String text) {
    assertThat(WebhookSignals.parse(utf8(text))).isNull();
  }

  @Test
  void anAttemptIsAWebhookAndWhatSocketsAreSent() {
    Attempted attempted = Objects.requireNonNull(Attempted.parse(utf8("42 {\"type\":\"x\"}")));

    assertThat(attempted.webhook()).isEqualTo(42);
    assertThat(new String(attempted.message(), StandardCharsets.UTF_8))
        .isEqualTo("{\"type\":\"x\"}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "42", "42 ", "x {}", "42{}", "42 []", "-1 {}", "9999999999999999999 {}"})
  void otherBytesAreNoAttempt(String text) {
    assertThat(Attempted.parse(utf8(text))).isNull();
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
