package dev.switchboard.api.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.MultiMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Header fields that must not be repeated. */
class SingleFieldsTest {
  private final MultiMap headers = MultiMap.caseInsensitiveMultiMap().add("Accept", "a");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Authorization",
        "Content-Type",
        "Origin",
        "Last-Event-ID",
        "Idempotency-Key",
        "idempotency-key"
      })
  void fieldWithOneValueIsRefusedTheSecondTime(String field) {
    headers.add(field, "1");
    assertThat(SingleFields.fault(headers)).isNull();

    headers.add(field, "2");

    assertThat(SingleFields.fault(headers))
        .isNotNull()
        .startsWithIgnoringCase("send the header " + field);
  }

  @Test
  void attributesOfACloudEventAreRefusedTheSecondTime() {
    headers.add("ce-id", "1").add("ce-id", "2");
    assertThat(SingleFields.fault(headers)).as("no CloudEvent").isNull();

    headers.add("ce-specversion", "1.0");

    assertThat(SingleFields.fault(headers)).isEqualTo("send the header ce-id once");
  }

  @Test
  void listsMayBeRepeated() {
    headers.add("Accept", "b").add("X-Forwarded-For", "1").add("X-Forwarded-For", "2");

    assertThat(SingleFields.fault(headers)).isNull();
  }
}
