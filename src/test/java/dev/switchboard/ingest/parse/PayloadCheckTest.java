package dev.switchboard.ingest.parse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.switchboard.config.SchemasConfig;
import dev.switchboard.config.SchemasConfig.Mode;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of payloads that break, or keep, the schema of their type. */
class PayloadCheckTest {
  private static final String BROKEN = "{\"unique_id\":7}";

  private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
  private final EventReader reader =
      new EventReader(
          new EventRules(
              "callcenter",
              10_000,
              10,
              new PayloadCheck(
                  new SchemasConfig(
                      Mode.warn,
                      Map.of("off", List.of("lax"), "enforce", List.of("strict", "stricter"))),
                  metrics)));

  private static byte[] event(String tenant, String type, String payload) {
    return ("{\"tenant_id\":\""
            + tenant
            + "\",\"type\":\""
            + type
            + "\",\"payload\":"
            + payload
            + "}")
        .getBytes(StandardCharsets.UTF_8);
  }

  private double violations(String mode) {
    return metrics.find("switchboard_payload_violations").tag("mode", mode).counters().stream()
        .mapToDouble(counter -> counter.count())
        .sum();
  }

  @Test
  void errorsOfAnEnforcedTenantPointIntoThePayload() {
    InvalidEventsException refused =
        catchThrowableOfType(
            InvalidEventsException.class,
            () -> reader.read(event("strict", "call.incoming", BROKEN)));

    assertThat(refused.errors())
        .extracting(FieldError::pointer)
        .containsExactlyInAnyOrder("/payload", "/payload/unique_id");
    assertThat(refused.errors()).allMatch(error -> !error.message().isBlank());
    assertThat(violations("enforce")).isEqualTo(1);
  }

  @Test
  void pointersNameTheEventOfAnArray() {
    String events =
        "["
            + new String(event("strict", "alert", "{}"), StandardCharsets.UTF_8)
            + ","
            + new String(
                event("strict", "queue.stats", "{\"queue_name\":\"\"}"), StandardCharsets.UTF_8)
            + "]";

    InvalidEventsException refused =
        catchThrowableOfType(
            InvalidEventsException.class,
            () -> reader.read(events.getBytes(StandardCharsets.UTF_8)));

    assertThat(refused.errors())
        .extracting(FieldError::pointer)
        .containsExactly("/1/payload/queue_name");
  }

  @Test
  void violationsOfAWarnedTenantAreAcceptedAndCounted() {
    assertThat(reader.read(event("any", "call.incoming", BROKEN)).events()).hasSize(1);

    assertThat(violations("warn")).isEqualTo(1);
  }

  @Test
  void payloadsOfATenantWithoutChecksAreNotValidated() {
    assertThat(reader.read(event("lax", "call.incoming", BROKEN)).events()).hasSize(1);

    assertThat(metrics.getMeters()).isEmpty();
  }

  @Test
  void typesWithoutASchemaAcceptAnyPayload() {
    assertThat(reader.read(event("strict", "own.type", "[]")).events()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      value = {
        "call.incoming | {\"unique_id\":\"1\",\"caller_id\":\"+1\",\"more\":{\"a\":[1]}}",
        "agent.state.changed | {\"user_id\":456,\"state\":\"paused\",\"reason\":null}",
        "agent.state.changed | {\"user_id\":\"456\",\"state\":\"paused\"}",
        "queue.stats | {\"queue_name\":\"support\",\"waiting\":3}",
        "chat.message | {}",
        "notification | {\"text\":\"hi\",\"ticket\":7}",
        "alert | {\"level\":\"high\"}"
      })
  void documentedPayloadsPass(String type, String payload) {
    assertThat(reader.read(event("strict", type, payload)).events()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"null", "7", "\"text\"", "[]"})
  void payloadsOfKnownTypesAreObjects(String payload) {
    InvalidEventsException refused =
        catchThrowableOfType(
            InvalidEventsException.class, () -> reader.read(event("strict", "alert", payload)));

    assertThat(refused.errors()).extracting(FieldError::pointer).containsExactly("/payload");
  }
}
