package dev.switchboard.webhooks.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.switchboard.event.Event;
import dev.switchboard.event.EventId;
import dev.switchboard.event.EventType;
import dev.switchboard.event.Payload;
import dev.switchboard.event.TenantId;
import dev.switchboard.event.UserId;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OrderKeyTest {
  private static final Event EVENT =
      new Event(
          new EventId("e"),
          new EventType("call.incoming"),
          new TenantId("t"),
          Instant.EPOCH,
          null,
          null,
          new UserId("456"),
          null,
          null,
          Payload.ofNormalised("1".getBytes(StandardCharsets.UTF_8)));

  private static String key(String pointer, Object payload) {
    return new OrderKey(pointer).of(EVENT, payload);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "users", "unique_id", "/a~2b", "/~"})
  void otherTextIsRefused(String text) {
    assertThatThrownBy(() -> new OrderKey(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void memberOfTheEventOrOfThePayload() {
    JsonObject payload = new JsonObject("{\"call\":{\"id\":\"17\",\"n\":17},\"a/b\":true}");

    assertThat(OrderKey.WEBHOOK.of(EVENT, payload)).isEmpty();
    assertThat(key("user", payload)).isEqualTo("456");
    assertThat(key("topic", payload)).isEqualTo("null");
    assertThat(key("/call/id", payload)).isEqualTo("17");
    assertThat(key("/call/n", payload)).isEqualTo("17");
    assertThat(key("/a~1b", payload)).isEqualTo("true");
  }

  @Test
  void eventsWithoutTheMemberShareOneKey() {
    assertThat(key("/x", new JsonObject())).isEmpty();
    assertThat(key("/x", new JsonArray())).isEmpty();
    assertThat(key("/x", "text")).isEmpty();
  }

  /** It is a text column of a database that can't take NUL. */
  @Property
  void keyIsShortAndHasNoNul(@ForAll String text, @ForAll int number) {
    JsonObject payload =
        new JsonObject()
            .put("text", text)
            .put("list", new JsonArray().add(text).add(number).add(new JsonObject().put(text, 1)));

    assertThat(key("/text", payload)).hasSizeLessThanOrEqualTo(200).doesNotContain("\0");
    assertThat(key("/list", payload)).hasSizeLessThanOrEqualTo(200).doesNotContain("\0");
    if (Json.encode(payload).length() < 100) {
      assertThat(key("/list", payload)).isEqualTo(payload.getJsonArray("list").encode());
    }
  }
}
