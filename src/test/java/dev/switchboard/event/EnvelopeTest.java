package dev.switchboard.event;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.arbitraries.StringArbitrary;
import net.jqwik.api.constraints.IntRange;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The form of envelopes, and the scan that reads their heads. */
class EnvelopeTest {
  private static final String WHOLE =
      "{\"id\":\"k3f9:1042\",\"event_id\":\"e-1\",\"type\":\"call.incoming\","
          + "\"tenant_id\":\"tenant-123\",\"timestamp\":\"2026-11-23T09:30:00.123Z\","
          + "\"sender\":{\"kind\":\"user\",\"id\":\"jd@x\"},"
          + "\"keep\":\"queues/a\",\"keep_until\":\"2026-11-24T09:30:00.123Z\",\"user_id\":\"456\",\"topic\":\"callcenter:x\",\"session_id\":\"s~1\","
          + "\"payload\":{\"a\":1}}";

  @Test
  void envelopeHasItsMembersInAFixedOrder() {
    Event event =
        new Event(
            new EventId("e-1"),
            new EventType("call.incoming"),
            new TenantId("tenant-123"),
            Instant.parse("2026-11-23T09:30:00.123Z"),
            Sender.of(new UserId("jd@x")),
            new Keep.Until(new KeptKey("queues", "a"), Instant.parse("2026-11-24T09:30:00.123Z")),
            new UserId("456"),
            new Topic("callcenter:x"),
            new ChatSessionId("s~1"),
            Payload.ofNormalised(utf8("{\"a\":1}")));

    byte[] envelope = Envelope.at(new LogPosition("k3f9", 1042), Envelope.body(event));

    assertThat(text(envelope)).isEqualTo(WHOLE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"2026-11-23T09:30:00Z", "2026-11-23T09:30:00.100Z", "1970-01-01T00:00:00Z"})
  void timestampHasThreeDigitsOfASecond(String instant) {
    assertThat(Envelope.formatTimestamp(Instant.parse(instant)))
        .hasSize(24)
        .endsWith("Z")
        .matches(t -> Instant.parse(t).equals(Instant.parse(instant)));
  }

  @Property
  void scanReadsTheHeadOfEveryEnvelope(
      @ForAll("events") Event event, @ForAll @IntRange(min = 0) int offset) {
    byte[] body = Envelope.body(event);
    LogPosition position = new LogPosition("k3f9", offset);

    byte[] placed = Envelope.at(position, body);
    byte[] live = Envelope.withoutPosition(body);

    EnvelopeHead head = requireNonNull(EnvelopeHead.scan(placed));
    assertThat(head).isEqualTo(headOf(event, position, head.payloadStart()));
    assertThat(head.log()).isEqualTo(event.log());
    assertThat(Arrays.copyOfRange(placed, head.payloadStart(), placed.length - 1))
        .isEqualTo(event.payload().bytes());
    EnvelopeHead liveHead = requireNonNull(EnvelopeHead.scan(live));
    assertThat(liveHead).isEqualTo(headOf(event, null, liveHead.payloadStart()));
    assertThat(head.withoutPosition(liveHead.payloadStart())).isEqualTo(liveHead);
    assertThat(Envelope.payloadOf(placed)).isEqualTo(event.payload().bytes());
    assertThat(Envelope.payloadOf(live)).isEqualTo(event.payload().bytes());
    assertThat(Envelope.payloadOf(body)).isEqualTo(event.payload().bytes());
  }

  private static EnvelopeHead headOf(
      Event event, @Nullable LogPosition position, int payloadStart) {
    return new EnvelopeHead(
        position,
        event.id(),
        event.type(),
        event.tenant(),
        event.user(),
        event.topic(),
        event.chatSession(),
        null,
        payloadStart);
  }

  @Provide
  Arbitrary<Event> events() {
    StringArbitrary names =
        Arbitraries.strings().withCharRange('a', 'z').withChars("~.-_").ofMaxLength(20);
    Arbitrary<Payload> payloads =
        Arbitraries.of(
                "null",
                "1",
                "\"\"",
                "{}",
                "[]",
                "{\"payload\":{\"payload\":1}}",
                "\",\\\"payload\\\":\"",
                "{\"id\":\"k:1\",\"type\":\"x\"}",
                "\"\u20ac\ud83d\ude00\"")
            .map(json -> Payload.ofNormalised(utf8(json)));
    return Combinators.combine(
            names.map(name -> new EventId("e" + name)),
            Arbitraries.of("a", "call.incoming", "chat.typing").map(EventType::new),
            names.map(name -> new TenantId("t" + name)),
            Arbitraries.longs().between(0, 4_102_444_800_000L).map(Instant::ofEpochMilli),
            names.map(name -> new UserId("u" + name)).injectNull(0.5),
            names.map(name -> new Topic("p:" + name)).injectNull(0.5),
            names.map(name -> new ChatSessionId("s" + name)).injectNull(0.5),
            payloads)
        .as(Event::new);
  }

  @Test
  void scanRefusesEveryTruncatedEnvelope() {
    byte[] whole = utf8(WHOLE);
    int payloadStart = WHOLE.indexOf("{\"a\"");

    for (int length = 0; length <= payloadStart; length++) {
      assertThat(EnvelopeHead.scan(Arrays.copyOf(whole, length)))
          .as(text(Arrays.copyOf(whole, length)))
          .isNull();
    }
  }

  @Property(tries = 5_000)
  void envelopeWithOneByteChangedIsRefusedOrReadAsTheJsonItIs(
      @ForAll("positionsInTheHead") int index, @ForAll byte changed) {
    byte[] bytes = utf8(WHOLE);
    bytes[index] = changed;

    EnvelopeHead head = EnvelopeHead.scan(bytes);

    if (head != null && isJson(bytes)) {
      JsonObject json = new JsonObject(Buffer.buffer(bytes));
      assertThat(text(head.position())).isEqualTo(json.getString("id"));
      assertThat(text(head.id())).isEqualTo(json.getString("event_id"));
      assertThat(text(head.type())).isEqualTo(json.getString("type"));
      assertThat(text(head.tenant())).isEqualTo(json.getString("tenant_id"));
      Keep keep = head.keep();
      assertThat(keep == null ? null : text(keep.key())).isEqualTo(json.getString("keep"));
      assertThat(text(head.user())).isEqualTo(json.getString("user_id"));
      assertThat(text(head.topic())).isEqualTo(json.getString("topic"));
      assertThat(text(head.chatSession())).isEqualTo(json.getString("session_id"));
    }
  }

  private static boolean isJson(byte[] bytes) {
    try {
      JsonObject unused = new JsonObject(Buffer.buffer(bytes));
      return true;
    } catch (DecodeException notJson) {
      return false;
    }
  }

  private static @Nullable String text(@Nullable Object member) {
    return member == null ? null : member.toString();
  }

  @Provide
  Arbitrary<Integer> positionsInTheHead() {
    return Arbitraries.integers().between(0, WHOLE.indexOf("{\"a\"") - 1);
  }

  @Test
  void eventMayEndAStateOrBeNoneAtAll() {
    String forget = WHOLE.replace("\"keep_until\":\"2026-11-24T09:30:00.123Z\"", "\"forget\":true");

    EnvelopeHead head = requireNonNull(EnvelopeHead.scan(utf8(forget)));

    assertThat(head.keep()).isEqualTo(new Keep.Forget(new KeptKey("queues", "a")));
    assertThat(requireNonNull(EnvelopeHead.scan(utf8(WHOLE))).keep())
        .isInstanceOf(Keep.Until.class);
    String plain = text(Envelope.withoutKeep(utf8(forget)));
    assertThat(plain).isEqualTo(forget.replace(",\"keep\":\"queues/a\",\"forget\":true", ""));
    assertThat(text(Envelope.withoutKeep(utf8(plain)))).isEqualTo(plain);
  }

  @Property
  void membersThatAreNotKnownArePassedOver(
      @ForAll("unknownValues") String value, @ForAll @IntRange(max = 7) int behind) {
    List<String> ends =
        List.of("1042\"", "e-1\"", "incoming\"", "123\"", "123Z\"", "456\"", "x\"", "s~1\"");
    int at = WHOLE.indexOf(ends.get(behind)) + ends.get(behind).length();
    String more = ",\"later_2\":" + value;
    byte[] longer = utf8(WHOLE.substring(0, at) + more + WHOLE.substring(at));

    EnvelopeHead head = requireNonNull(EnvelopeHead.scan(longer));

    int payloadStart = requireNonNull(EnvelopeHead.scan(utf8(WHOLE))).payloadStart();
    assertThat(head.payloadStart()).isEqualTo(payloadStart + utf8(more).length);
    assertThat(head.user()).isEqualTo(new UserId("456"));
    assertThat(head.chatSession()).isEqualTo(new ChatSessionId("s~1"));
    assertThat(text(Envelope.payloadOf(longer))).isEqualTo("{\"a\":1}");
    assertThat(Envelope.headEnd(longer)).isEqualTo(Envelope.payloadMember(longer));
  }

  @Provide
  Arbitrary<String> unknownValues() {
    return Arbitraries.of(
        "1",
        "-1.5e3",
        "true",
        "null",
        "\"\"",
        "\"\\\"}\\\\\"",
        "{}",
        "{\"a\":1,\"payload\":{\"user_id\":\"9\"}}",
        "[[],{\"b\":\"]\"}]",
        "\",\\\"payload\\\":\"");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "null",
        "{}",
        "{\"id\":null}",
        "{\"id\":nullx",
        "{\"id\":\"k:01\",\"event_id\":\"e\",\"type\":\"a\",\"tenant_id\":\"t\","
            + "\"timestamp\":\"2026-11-23T09:30:00.123Z\",\"payload\":1}",
        "{\"id\":null,\"event_id\":\"e\",\"type\":\"a\",\"tenant_id\":\"t\","
            + "\"timestamp\":\"2026-11-23T09:30:00.123Z\",\"payload\":}",
        "{\"id\":null,\"event_id\":\"e\",\"type\":\"a\",\"tenant_id\":\"t\","
            + "\"timestamp\":\"\\\",\"payload\":1}",
        "{\"id\":null,\"event_id\":\"e\",\"type\":\"a\",\"tenant_id\":\"t\","
            + "\"timestamp\":\"yesterday\",\"payload\":1}",
        "{\"id\":null,\"event_id\":\"e\",\"type\":\"a\",\"tenant_id\":\"t\","
            + "\"timestamp\":\"2026-11-23T09:30:00Z\",\"payload\":1}",
        "{\"id\":null,\"event_id\":\"e\",\"type\":\"A\",\"tenant_id\":\"t\","
            + "\"timestamp\":\"2026-11-23T09:30:00.123Z\",\"payload\":1}",
        "{\"id\":null,\"type\":\"a\",\"event_id\":\"e\",\"tenant_id\":\"t\","
            + "\"timestamp\":\"2026-11-23T09:30:00.123Z\",\"payload\":1}",
        "{\"id\":null,\"event_id\":\"e\",\"type\":\"a\",\"tenant_id\":\"t\","
            + "\"timestamp\":\"2026-11-23T09:30:00.123Z\",\"topic\":\"c:x\",\"user_id\":\"u\",\"payload\":1}",
        "{\"id\":null,\"event_id\":\"e\",\"type\":\"a\",\"tenant_id\":\"t\","
            + "\"timestamp\":\"2026-11-23T09:30:00.123Z\",\"user\\u005fid\":\"u\",\"payload\":1}",
        "{\"id\":null,\"event_id\":\"e\",\"type\":\"a\",\"tenant_id\":\"t\","
            + "\"timestamp\":\"2026-11-23T09:30:00.123Z\",\"more\":{\"payload\":1}",
        "{\"more\":1,\"id\":null,\"event_id\":\"e\",\"type\":\"a\",\"tenant_id\":\"t\","
            + "\"timestamp\":\"2026-11-23T09:30:00.123Z\",\"payload\":1}",
        "{\"id\": null,\"event_id\":\"e\",\"type\":\"a\",\"tenant_id\":\"t\","
            + "\"timestamp\":\"2026-11-23T09:30:00.123Z\",\"payload\":1}",
        "{\"id\":null,\"event_id\":\"e\",\"type\":\"a\",\"tenant_id\":\"t\","
            + "\"timestamp\":\"2026-11-23T09:30:00.123Z\",\"payload\":1}\n"
      })
  void scanRefusesOtherForms(String envelope) {
    assertThat(EnvelopeHead.scan(utf8(envelope))).isNull();
  }

  @Test
  void textWithoutPayloadIsNotAnEnvelope() {
    for (String text : List.of("", "{}", "{\"id\":null}")) {
      assertThatThrownBy(() -> Envelope.payloadOf(utf8(text)))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
