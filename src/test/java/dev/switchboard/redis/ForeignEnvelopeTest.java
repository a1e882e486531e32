package dev.switchboard.redis;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.event.EnvelopeHead;
import dev.switchboard.event.EventId;
import dev.switchboard.event.EventType;
import dev.switchboard.event.LogPosition;
import dev.switchboard.event.TenantId;
import dev.switchboard.event.UserId;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What other programs publish is brought into the one form, or dropped. */
class ForeignEnvelopeTest {

  @Test
  void threeMembersInAnyOrderAreEnough() {
    ForeignEnvelope envelope =
        parsed(" {\"payload\": {\"a\": 1},\"tenant_id\":\"t\", \"type\":\"call.incoming\"} ");

    assertThat(text(envelope))
        .isEqualTo(
            "{\"id\":null,\"type\":\"call.incoming\",\"tenant_id\":\"t\",\"payload\":{\"a\":1}}");
    assertThat(envelope.head().type()).isEqualTo(new EventType("call.incoming"));
    assertThat(envelope.head().tenant()).isEqualTo(new TenantId("t"));
    assertThat(envelope.head().id()).isNull();
    assertThat(envelope.claimedPosition()).isNull();
    assertThat(text(envelope).substring(envelope.head().payloadStart())).isEqualTo("{\"a\":1}}");
  }

  @Test
  void allMembersComeIntoTheOneForm() {
    ForeignEnvelope envelope =
        parsed(
            "{\"payload\":[],\"session_id\":\"s\",\"topic\":\"p:x\",\"user_id\":456,"
                + "\"timestamp\":\"2026-11-23T10:30:00+01:00\",\"tenant_id\":7,\"type\":\"a\","
                + "\"event_id\":\"e\",\"id\":\"k3f9:5\",\"other\":{\"a\":[1]}}");

    EnvelopeHead head = requireNonNull(EnvelopeHead.scan(envelope.envelope()));
    assertThat(head).isEqualTo(envelope.head());
    assertThat(head.id()).isEqualTo(new EventId("e"));
    assertThat(head.user()).isEqualTo(new UserId("456"));
    assertThat(text(envelope)).contains("\"timestamp\":\"2026-11-23T09:30:00.000Z\"");
    assertThat(envelope.claimedPosition()).isEqualTo(new LogPosition("k3f9", 5));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "null",
        "0",
        "1e400",
        "1.00000000000000000001",
        "1E2",
        "123456789012345678901234567890",
        "\"\"",
        "\"\\ud800\"",
        "\"a\\\\\"",
        "\"\\\\\\\" } \"",
        "\" a \\t \"",
        "{\"a b\":\"c d\",\"e\":[1,{\"f\":\"\u20ac\ud83d\ude00\"}]}",
        "[[[]],{}]"
      })
  void aPayloadStaysAsItWasSent(String payload) {
    String json = "{\"payload\":" + payload + ",\"tenant_id\":\"t\",\"type\":\"a\"}";
    String last = "{\"tenant_id\":\"t\",\"type\":\"a\",\"payload\":" + payload + "}";

    assertThat(text(parsed(json))).endsWith(",\"payload\":" + payload + "}");
    assertThat(text(parsed(last))).endsWith(",\"payload\":" + payload + "}");
  }

  @Test
  void whiteSpaceOfThePayloadGoesButNotThatInTexts() {
    ForeignEnvelope envelope =
        parsed(
            "{\"type\":\"a\",\"tenant_id\":\"t\",\"payload\" :\r\n {\t\"a\" : [ 1 , \" x \\\" \" ] }\n}");

    assertThat(text(envelope)).endsWith(",\"payload\":{\"a\":[1,\" x \\\" \"]}}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "x",
        "null",
        "[]",
        "\"{}\"",
        "{}",
        "{\"type\":\"a\",\"tenant_id\":\"t\"}",
        "{\"type\":\"a\",\"payload\":1}",
        "{\"tenant_id\":\"t\",\"payload\":1}",
        "{\"type\":null,\"tenant_id\":\"t\",\"payload\":1}",
        "{\"type\":\"A\",\"tenant_id\":\"t\",\"payload\":1}",
        "{\"type\":\"a\",\"tenant_id\":\"t u\",\"payload\":1}",
        "{\"type\":\"a\",\"tenant_id\":{},\"payload\":1}",
        "{\"type\":\"a\",\"tenant_id\":\"t\",\"payload\":}",
        "{\"type\":\"a\",\"tenant_id\":\"t\",\"payload\":{}",
        "{\"type\":\"a\",\"tenant_id\":\"t\",\"payload\":{}}}",
        "{\"type\":\"a\",\"tenant_id\":\"t\",\"payload\":{}} {}",
        "{\"type\":\"a\",\"tenant_id\":\"t\",\"payload\":01}",
        "{\"type\":\"a\",\"tenant_id\":\"t\",\"payload\":1,\"event_id\":\"a b\"}",
        "{\"type\":\"a\",\"tenant_id\":\"t\",\"payload\":1,\"user_id\":\"a b\"}",
        "{\"type\":\"a\",\"tenant_id\":\"t\",\"payload\":1,\"topic\":\"a b\"}",
        "{\"type\":\"a\",\"tenant_id\":\"t\",\"payload\":1,\"timestamp\":\"yesterday\"}",
        "{\"type\":\"a\",\"tenant_id\":\"t\",\"payload\":1,"
            + "\"timestamp\":\"+1000000000-12-31T23:59:59.999999999Z\"}",
        "{\"type\":\"a\",\"tenant_id\":\"t\",\"payload\":1,"
            + "\"timestamp\":\"+10000-01-01T00:00:00Z\"}",
        "{\"type\":\"a\",\"tenant_id\":\"t\",\"payload\":1,"
            + "\"timestamp\":\"0000-12-31T23:59:59Z\"}"
      })
  void whatIsNoEnvelopeIsDropped(String message) {
    assertThat(ForeignEnvelope.parse(message.getBytes(StandardCharsets.UTF_8))).isNull();
  }

  @Test
  void whatIsNotUtf8IsDropped() {
    String json = "{\"type\":\"a\",\"tenant_id\":\"t\",\"payload\":\"?\"}";
    byte[] latin1 = json.replace('?', 'é').getBytes(StandardCharsets.ISO_8859_1);

    assertThat(ForeignEnvelope.parse(latin1)).isNull();
    assertThat(ForeignEnvelope.parse(json.getBytes(StandardCharsets.UTF_16LE))).isNull();
    assertThat(ForeignEnvelope.parse(json.getBytes(StandardCharsets.UTF_16BE))).isNull();
  }

  @Test
  void nestingBeyondTheBoundIsDropped() {
    String json = "{\"type\":\"a\",\"tenant_id\":\"t\",\"payload\":" + "[".repeat(500);

    assertThat(
            ForeignEnvelope.parse((json + "]".repeat(500) + "}").getBytes(StandardCharsets.UTF_8)))
        .isNull();
  }

  @Property
  void noBytesMakeItFail(@ForAll byte[] bytes) {
    ForeignEnvelope parsed = ForeignEnvelope.parse(bytes);

    assertThat(parsed).isNull();
  }

  @Property(tries = 3_000)
  void whateverIsTakenIsJsonWithThatHead(@ForAll int index, @ForAll byte changed) {
    byte[] bytes =
        "{\"id\":\"k:1\",\"type\":\"a.b\",\"payload\":{\"x\":[1,\"y\\n\"]},\"tenant_id\":\"t\"}"
            .getBytes(StandardCharsets.UTF_8);
    bytes[Math.floorMod(index, bytes.length)] = changed;

    ForeignEnvelope parsed = ForeignEnvelope.parse(bytes);

    if (parsed != null) {
      JsonObject json = new JsonObject(text(parsed));
      assertThat(json.getString("type")).isEqualTo(parsed.head().type().value());
      assertThat(json.getString("tenant_id")).isEqualTo(parsed.head().tenant().value());
      assertThat(json.containsKey("payload")).isTrue();
    }
  }

  private static ForeignEnvelope parsed(String json) {
    @Nullable ForeignEnvelope parsed = ForeignEnvelope.parse(json.getBytes(StandardCharsets.UTF_8));
    assertThat(parsed).as(json).isNotNull();
    return requireNonNull(parsed);
  }

  private static String text(ForeignEnvelope envelope) {
    return new String(envelope.envelope(), StandardCharsets.UTF_8);
  }
}
