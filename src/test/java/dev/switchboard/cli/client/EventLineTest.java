package dev.switchboard.cli.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A line of input becomes an event that can be sent twice and is otherwise unchanged. */
class EventLineTest {
  @Test
  void eventWithAnIdIsUnchanged() {
    String text = "{\"event_id\":\"e\",  \"payload\" : 1.50}";

    assertThat(EventLine.of(1, text, null).json()).isEqualTo(text);
  }

  @Test
  void missingMembersAreInserted() {
    String json = EventLine.of(1, " { \"payload\" : 1.50} ", "t").json();

    assertThat(json).endsWith(",\"payload\" : 1.50}");
    assertThat(new JsonObject(json).getString("event_id")).hasSize(36);
    assertThat(new JsonObject(json).getString("tenant_id")).isEqualTo("t");
  }

  @Test
  void emptyEventGetsItsMembers() {
    assertThat(new JsonObject(EventLine.of(1, "{}", "t").json()).fieldNames())
        .containsExactly("event_id", "tenant_id");
  }

  @Test
  void ownTenantIsKept() {
    String json = EventLine.of(1, "{\"tenant_id\":\"mine\"}", "t").json();

    assertThat(new JsonObject(json).getString("tenant_id")).isEqualTo("mine");
  }

  @ParameterizedTest
  @ValueSource(strings = {"oops", "[]", "1", "{", "{}{}"})
  void anythingElseIsRefusedWithItsLineNumber(String text) {
    assertThatThrownBy(() -> EventLine.of(7, text, null))
        .isInstanceOf(ClientException.class)
        .hasMessage("line 7 is not a JSON object");
  }
}
