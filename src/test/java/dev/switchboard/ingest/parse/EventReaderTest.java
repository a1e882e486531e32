package dev.switchboard.ingest.parse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.switchboard.config.SchemasConfig;
import dev.switchboard.event.ChatSessionId;
import dev.switchboard.event.EventId;
import dev.switchboard.event.EventType;
import dev.switchboard.event.Payload;
import dev.switchboard.event.TenantId;
import dev.switchboard.event.Topic;
import dev.switchboard.event.UserId;
import dev.switchboard.ingest.EventIdMint;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Accepted bodies, and the errors of all others. */
class EventReaderTest {
  private static final int MAX_PAYLOAD = 1_000;
  private static final int MAX_BATCH = 5;
  private static final String GOOD =
      "{\"tenant_id\":\"t\",\"type\":\"call.incoming\",\"payload\":{}}";

  private final EventReader reader =
      new EventReader(
          new EventRules(
              "callcenter",
              MAX_PAYLOAD,
              MAX_BATCH,
              new PayloadCheck(
                  new SchemasConfig(SchemasConfig.Mode.off, Map.of()), new SimpleMeterRegistry())));

  @Test
  void eventMayHaveEveryField() {
    EventReader.Body body =
        read(
            """
            {"payload": {"a" : 1.0}, "type": "call.incoming", "tenant_id": "tenant-123",
             "user_id": "u", "topic": "callcenter:custom:alerts", "session_id": "s",
             "event_id": "e-1", "offline": "store"}\
            """);

    assertThat(body.array()).isFalse();
    assertThat(body.events())
        .containsExactly(
            new EventDraft(
                new TenantId("tenant-123"),
                new EventType("call.incoming"),
                Payload.ofNormalised("{\"a\":1}".getBytes(StandardCharsets.UTF_8)),
                new UserId("u"),
                new Topic("callcenter:custom:alerts"),
                new ChatSessionId("s"),
                new EventId("e-1"),
                true,
                null,
                null));
  }

  @Test
  void senderIsRefused() {
    assertThatThrownBy(
            () ->
                read(
                    """
                    {"tenant_id": "t", "type": "a", "payload": 1,
                     "sender": {"kind": "user", "id": "456"}}\
                    """))
        .isInstanceOfSatisfying(
            InvalidEventsException.class,
            invalid ->
                assertThat(invalid.errors())
                    .containsExactly(
                        new FieldError("/sender", "is set by the server; leave it out")));
  }

  @Test
  void eventNeedsOnlyTenantTypeAndPayload() {
    EventDraft event = read(GOOD).events().get(0);

    assertThat(event)
        .extracting(
            EventDraft::user,
            EventDraft::topic,
            EventDraft::chatSession,
            EventDraft::id,
            EventDraft::store)
        .containsOnlyNulls();
  }

  @Test
  void userIdMayBeANumber() {
    assertThat(read(GOOD.replace("}}", "},\"user_id\":456}")).events().get(0).user())
        .isEqualTo(new UserId("456"));
  }

  @Test
  void membersThatAreNullCountAsAbsent() {
    String nulls = ",\"user_id\":null,\"topic\":null,\"session_id\":null,\"event_id\":null";

    EventDraft event = read(GOOD.replace("}}", "}" + nulls + ",\"offline\":null}")).events().get(0);

    assertThat(event.user()).isNull();
    assertThat(event.store()).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"null", "true", "0", "\"\"", "[]", "{}", "[[{\"a\":[]}]]"})
  void aPayloadIsAnyJsonValue(String payload) {
    String json = GOOD.replace("{}}", payload + "}");

    assertThat(read(json).events().get(0).payload()).hasToString(payload);
  }

  @Test
  void arrayKeepsItsOrder() {
    String array =
        IntStream.range(0, MAX_BATCH)
            .mapToObj(i -> GOOD.replace("{}}", i + "}"))
            .toList()
            .toString();

    EventReader.Body body = read(array);

    assertThat(body.array()).isTrue();
    assertThat(body.events())
        .extracting(e -> e.payload().toString())
        .containsExactly("0", "1", "2", "3", "4");
  }

  @Test
  void emptyArrayHoldsNoEvents() {
    assertThat(read("[]").events()).isEmpty();
    assertThat(read("[]").array()).isTrue();
  }

  @Test
  void arrayBeyondTheLimitIsTooLarge() {
    InvalidEventsException refused =
        refused(
            ("[" + GOOD + ",").replace("[", "[" + (GOOD + ",").repeat(MAX_BATCH - 1)) + GOOD + "]");

    assertThat(refused.isTooLarge()).isTrue();
    assertThat(refused).hasMessageContaining("5").hasMessageContaining("split");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      value = {
        "{\"type\":\"a\",\"payload\":1} | /tenant_id",
        "{\"tenant_id\":\"t\",\"payload\":1} | /type",
        "{\"tenant_id\":\"t\",\"type\":\"a\"} | /payload",
        "{\"tenant_id\":null,\"type\":\"a\",\"payload\":1} | /tenant_id",
        "{\"tenant_id\":\"-\",\"type\":\"a\",\"payload\":1} | /tenant_id",
        "{\"tenant_id\":7,\"type\":\"a\",\"payload\":1} | /tenant_id",
        "{\"tenant_id\":{\"a\":[1]},\"type\":\"a\",\"payload\":1} | /tenant_id",
        "{\"tenant_id\":\"t\",\"type\":\"A\",\"payload\":1} | /type",
        "{\"tenant_id\":\"t\",\"type\":\"ping\",\"payload\":1} | /type",
        "{\"tenant_id\":\"t\",\"type\":\"presence.online\",\"payload\":1} | /type",
        "{\"tenant_id\":\"t\",\"type\":\"webhook.failing\",\"payload\":1} | /type",
        "{\"tenant_id\":\"t\",\"type\":\"a\",\"payload\":1,\"user_id\":4.5} | /user_id",
        "{\"tenant_id\":\"t\",\"type\":\"a\",\"payload\":1,\"user_id\":-1} | /user_id",
        "{\"tenant_id\":\"t\",\"type\":\"a\",\"payload\":1,\"user_id\":[]} | /user_id",
        "{\"tenant_id\":\"t\",\"type\":\"a\",\"payload\":1,\"topic\":\"callcenter:events\"} |"
            + " /topic",
        "{\"tenant_id\":\"t\",\"type\":\"a\",\"payload\":1,\"topic\":\"x\"} | /topic",
        "{\"tenant_id\":\"t\",\"type\":\"a\",\"payload\":1,\"session_id\":\"a b\"} | /session_id",
        "{\"tenant_id\":\"t\",\"type\":\"a\",\"payload\":1,\"event_id\":\"ce-1\"} | /event_id",
        "{\"tenant_id\":\"t\",\"type\":\"a\",\"payload\":1,\"event_id\":\"idem-1\"} | /event_id",
        "{\"tenant_id\":\"t\",\"type\":\"a\",\"payload\":1,\"event_id\":\"s-0123456789abcdef:1\"} |"
            + " /event_id",
        "{\"tenant_id\":\"t\",\"type\":\"a\",\"payload\":1,\"event_id\":\"presence:1\"} |"
            + " /event_id",
        "{\"tenant_id\":\"t\",\"type\":\"a\",\"payload\":1,\"event_id\":\"\"} | /event_id",
        "{\"tenant_id\":\"t\",\"type\":\"a\",\"payload\":1,\"offline\":\"keep\"} | /offline",
        "{\"tenant_id\":\"t\",\"type\":\"a\",\"payload\":1,\"offline\":true} | /offline",
        "{\"tenant_id\":\"t\",\"type\":\"a\",\"payload\":1,\"a/b~c\":1} | /a~1b~0c",
        "{\"tenant_id\":\"t\",\"type\":\"a\",\"payload\":1,\"\":{\"x\":1}} | /",
        "{\"tenant_id\":\"t\",\"type\":\"a\",\"payload\":1,\"payload\":2} | /payload",
        "{\"tenant_id\":\"t\",\"type\":\"a\",\"payload\":1,\"type\":\"a\"} | /type",
        "{\"tenant_id\":\"t\",\"type\":\"a\",\"payload\":1,\"offline\":null,\"offline\":null} |"
            + " /offline",
        "[{\"tenant_id\":\"t\",\"type\":\"a\",\"payload\":1},3] | /1",
        "[[]] | /0",
        "[null] | /0",
        "[{\"tenant_id\":\"t\",\"type\":\"a\"}] | /0/payload",
        "7 | ''",
        "null | ''",
        "\"text\" | ''"
      })
  void errorHasAPointerAndDoesNotRepeatTheValue(String body, String pointer) {
    InvalidEventsException refused = refused(body);

    assertThat(refused.errors()).extracting(FieldError::pointer).containsExactly(pointer);
    assertThat(refused.errors().get(0).message()).isNotBlank();
    assertThat(refused.isTooLarge()).isFalse();
  }

  @Test
  void allErrorsOfAllEventsAreReportedAtOnce() {
    InvalidEventsException refused = refused("[{}," + GOOD + ",{\"type\":\"A\",\"x\":0},true]");

    assertThat(refused.errors())
        .extracting(FieldError::pointer)
        .containsExactly(
            "/0/tenant_id",
            "/0/type",
            "/0/payload",
            "/2/type",
            "/2/x",
            "/2/tenant_id",
            "/2/payload",
            "/3");
  }

  @Test
  void numberOfReportedErrorsIsLimited() {
    StringBuilder body = new StringBuilder(GOOD);
    body.setLength(GOOD.length() - 1);
    for (int i = 0; i < 50_000; i++) {
      body.append(",\"x").append(i).append("\":0");
    }

    InvalidEventsException refused = refused(body.append('}').toString());

    assertThat(refused.errors()).hasSize(100);
  }

  @Test
  void invalidEventBeyondTheReportedErrorsIsNotAccepted() {
    StringBuilder flood = new StringBuilder("[{\"tenant_id\":\"t\",\"type\":\"a\",\"payload\":1");
    for (int i = 0; i < 200; i++) {
      flood.append(",\"x").append(i).append("\":0");
    }

    InvalidEventsException refused = refused(flood.append("},{\"type\":1},{}]").toString());

    assertThat(refused.errors()).hasSize(100);
  }

  @Test
  void payloadBeyondTheLimitIsTooLarge() {
    String fitting = GOOD.replace("{}", "\"" + "x".repeat(MAX_PAYLOAD - 2) + "\"");
    String longer = GOOD.replace("{}", "\"" + "x".repeat(MAX_PAYLOAD - 1) + "\"");

    assertThat(read(fitting).events().get(0).payload().length()).isEqualTo(MAX_PAYLOAD);
    InvalidEventsException refused = refused("[" + GOOD + "," + longer + "]");
    assertThat(refused.isTooLarge()).isTrue();
    assertThat(refused.errors()).extracting(FieldError::pointer).containsExactly("/1/payload");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "{",
        "[",
        "[{}",
        "{\"tenant_id\"",
        "{\"tenant_id\":\"t\",}",
        "{'tenant_id':'t'}",
        "{\"payload\":NaN}",
        "{\"payload\":01}",
        "{\"payload\":+1}",
        "{\"payload\":.5}",
        "{\"payload\":\"\\x\"}",
        "{\"payload\":\"a\nb\"}",
        "{\"payload\":\"\\ud8\"}",
        "/**/{}",
        "nul",
        "tenant_id=t"
      })
  void bodyThatIsNotJsonIsRefusedWithoutPointers(String body) {
    InvalidEventsException refused = refused(body);

    assertThat(refused.errors()).isEmpty();
    assertThat(refused.isTooLarge()).isFalse();
    assertThat(refused.getMessage()).isNotBlank().doesNotContainIgnoringCase("jackson");
  }

  @ParameterizedTest
  @ValueSource(strings = {" {}", " []", " 1", " x", ",", "]", "}"})
  void nothingMayFollowTheValue(String more) {
    assertThat(refused(GOOD + more).errors()).isEmpty();
    assertThat(refused("[" + GOOD + "]" + more).errors()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {0xff, 0xc0, 0xed, 0x80})
  void aBodyThatIsNotUtf8IsRefused(int first) {
    byte[] body = GOOD.replace("{}", "\"??\"").getBytes(StandardCharsets.UTF_8);
    int at = GOOD.indexOf("{}") + 1;
    body[at] = (byte) first;
    body[at + 1] = (byte) 0xa0;

    InvalidEventsException refused =
        catchThrowableOfType(InvalidEventsException.class, () -> reader.read(body));

    assertThat(refused).hasMessage("the body is not valid UTF-8");
  }

  @ParameterizedTest
  @ValueSource(strings = {"UTF-16LE", "UTF-16BE", "UTF-32LE", "UTF-32BE"})
  void aBodyInAnotherUnicodeEncodingIsRefused(String charset) {
    byte[] body = GOOD.getBytes(Charset.forName(charset));

    InvalidEventsException refused =
        catchThrowableOfType(InvalidEventsException.class, () -> reader.read(body));

    assertThat(refused).isNotNull();
  }

  @Test
  void nestingBeyondTheLimitIsRefusedWithAReadableMessage() {
    String deep = "[".repeat(300) + "]".repeat(300);

    InvalidEventsException refused = refused(GOOD.replace("{}", deep));

    assertThat(refused.isTooLarge()).isTrue();
    assertThat(refused.getMessage()).contains("256").doesNotContain("StreamReadConstraints");
  }

  @Test
  void nestingBelowTheLimitIsAccepted() {
    String deep = "[".repeat(200) + "]".repeat(200);

    assertThat(read(GOOD.replace("{}", deep)).events().get(0).payload()).hasToString(deep);
  }

  private EventReader.Body read(String body) {
    return reader.read(body.getBytes(StandardCharsets.UTF_8));
  }

  private InvalidEventsException refused(String body) {
    InvalidEventsException refused =
        catchThrowableOfType(InvalidEventsException.class, () -> read(body));
    assertThat(refused).as(body).isNotNull();
    return refused;
  }

  @Test
  void generatedIdsAreOrderedByTime() {
    List<EventId> ids =
        IntStream.range(0, 3)
            .mapToObj(
                i ->
                    new EventIdMint(
                            java.time.Clock.fixed(
                                java.time.Instant.ofEpochMilli(1_800_000_000_000L + i),
                                java.time.ZoneOffset.UTC))
                        .next())
            .toList();

    assertThat(ids).extracting(EventId::value).isSorted().allMatch(id -> id.charAt(14) == '7');
  }
}
