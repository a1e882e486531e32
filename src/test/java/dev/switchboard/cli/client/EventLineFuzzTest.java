package dev.switchboard.cli.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.fuzz.FuzzTarget;
import dev.switchboard.fuzz.JsonTrees;
import io.vertx.core.json.JsonObject;

/** Lines that are to be published: members are added to an object, and none of its own changes. */
class EventLineFuzzTest extends FuzzTarget {
  @Override
  protected void check(byte[] input) {
    String text = text(input);
    EventLine line;
    try {
      line = EventLine.of(1, text, "tenant-123");
    } catch (ClientException refused) {
      assertThat(refused).message().isEqualTo("line 1 is not a JSON object");
      return;
    }
    JsonObject given = JsonTrees.object(text).orElseThrow();
    JsonObject made = JsonTrees.object(line.json()).orElseThrow();
    assertThat(made.fieldNames()).contains("event_id", "tenant_id").containsAll(given.fieldNames());
    for (String name : given.fieldNames()) {
      assertThat(JsonTrees.same(made.getValue(name), given.getValue(name))).isTrue();
    }
  }
}
