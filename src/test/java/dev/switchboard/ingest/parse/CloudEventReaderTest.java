package dev.switchboard.ingest.parse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.switchboard.config.SchemasConfig;
import dev.switchboard.event.TenantId;
import dev.switchboard.event.UserId;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** CloudEvents become the same events, to the byte, in whichever mode they come. */
class CloudEventReaderTest {
  private static final TenantId TENANT = new TenantId("t");
  private static final EventRules RULES =
      new EventRules(
          "callcenter",
          1_000,
          3,
          new PayloadCheck(
              new SchemasConfig(SchemasConfig.Mode.off, Map.of()), new SimpleMeterRegistry()));

  private final CloudEventReader reader = new CloudEventReader(RULES);

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String structured(String more) {
    return "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"alert\""
        + more
        + "}";
  }

  private static Map<String, String> attributes() {
    return new HashMap<>(Map.of("specversion", "1.0", "id", "1", "source", "/s", "type", "alert"));
  }

  private EventDraft one(String json) {
    return reader.structured(bytes(json), TENANT).events().get(0);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"a\" : 1.50, \"b\":[1e2, -0]}",
        "{\"big\":9007199254740993}",
        "{\"a\":1,\"a\":2}",
        "{\"2\":0,\"1\":0}",
        "{\"far\":1e400}",
        "\"\\u00e9\\/\"",
        "null",
        "7"
      })
  void dataIsNormalizedLikeAPlainPayload(String data) {
    EventReader.Body plain =
        new EventReader(RULES)
            .read(bytes("{\"tenant_id\":\"t\",\"type\":\"alert\",\"payload\":" + data + "}"));
    String expected = plain.events().get(0).payload().toString();
    String encoded = Base64.getEncoder().encodeToString(bytes(data));

    assertThat(one(structured(",\"data\":" + data)).payload()).hasToString(expected);
    assertThat(one(structured(",\"data_base64\":\"" + encoded + "\"")).payload())
        .hasToString(expected);
    assertThat(
            reader.binary(attributes(), bytes(data), TENANT).events().get(0).payload().toString())
        .isEqualTo(expected);
    assertThat(
            reader
                .batch(bytes("[" + structured(",\"data\":" + data) + "]"), TENANT)
                .events()
                .get(0)
                .payload()
                .toString())
        .isEqualTo(expected);
  }

  @Test
  void sourceAndIdMakeTheEventId() {
    EventDraft event = one(structured(""));
    EventDraft otherSource = one(structured("").replace("/s", "/other"));

    assertThat(String.valueOf(event.id())).startsWith("ce-").hasSize(43);
    assertThat(otherSource.id()).isNotEqualTo(event.id());
    assertThat(one(structured(",\"data\":1")).id()).isEqualTo(event.id());
  }

  @Test
  void attributesSetTheFieldsOfThoseNames() {
    EventDraft event =
        one(
            structured(
                ",\"tenantid\":\"mine\",\"subject\":\"456\",\"topic\":\"callcenter:custom:x\","
                    + "\"sessionid\":\"s\",\"offline\":\"store\",\"traceparent\":\"00\",\"n\":1"));

    assertThat(event.tenant()).isEqualTo(new TenantId("mine"));
    assertThat(event.user()).isEqualTo(new UserId("456"));
    assertThat(String.valueOf(event.topic())).isEqualTo("callcenter:custom:x");
    assertThat(String.valueOf(event.chatSession())).isEqualTo("s");
    assertThat(event.store()).isTrue();
  }

  @Test
  void payloadIsNullWithoutData() {
    assertThat(one(structured("")).payload()).hasToString("null");
    assertThat(
            reader.binary(attributes(), new byte[0], TENANT).events().get(0).payload().toString())
        .isEqualTo("null");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "application/json",
        "application/json; charset=utf-8",
        "Application/JSON;charset=\\\"utf-8\\\"",
        "application/vnd.pbx+json",
        "application/vnd.pbx+json ; v=1"
      })
  void dataOfAJsonTypeIsAccepted(String type) {
    String named = ",\"datacontenttype\":\"" + type + "\"";

    assertThat(one(structured(named + ",\"data\":\"x\"")).payload()).hasToString("\"x\"");
    assertThat(one(structured(named + ",\"data_base64\":\"MQ==\"")).payload()).hasToString("1");
    assertThat(one(structured(named + ",\"data\":null")).payload()).hasToString("null");
  }

  @Test
  void contentTypeWithoutDataIsIgnored() {
    assertThat(one(structured(",\"datacontenttype\":\"text/plain\"")).payload())
        .hasToString("null");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      value = {
        "{\"id\":\"1\",\"source\":\"/s\",\"type\":\"alert\"} | /specversion",
        "{\"specversion\":\"0.3\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"alert\"} | /specversion",
        "{\"specversion\":\"1.0\",\"source\":\"/s\",\"type\":\"alert\"} | /id",
        "{\"specversion\":\"1.0\",\"id\":\"\",\"source\":\"/s\",\"type\":\"alert\"} | /id",
        "{\"specversion\":\"1.0\",\"id\":7,\"source\":\"/s\",\"type\":\"alert\"} | /id",
        "{\"specversion\":\"1.0\",\"id\":\"1\",\"type\":\"alert\"} | /source",
        "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\"} | /type",
        "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"ping\"} | /type",
        "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"a\",\"tenantid\":\"-\"} | /tenantid",
        "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"a\",\"subject\":\"a b\"} | /subject",
        "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"a\",\"type\":\"a\"} | /type",
        "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"a\",\"data_base64\":\"?\"} | /data_base64",
        "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"a\",\"data\":1,\"data_base64\":\"MQ==\"} | /data_base64",
        "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"a\",\"datacontenttype\":\"text/plain\",\"data_base64\":\"MQ==\"} | /data_base64",
        "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"a\",\"datacontenttype\":\"text/plain\",\"data\":\"x\"} | /datacontenttype",
        "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"a\",\"data\":\"x\",\"datacontenttype\":\"application/xml\"} | /datacontenttype",
        "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"a\",\"datacontenttype\":7,\"data\":\"x\"} | /datacontenttype",
        "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"a\",\"data\":null,\"data_base64\":\"MQ==\"} | /data_base64",
        "7 | ''"
      })
  void errorsNameTheAttributesOfTheCloudEvent(String json, String pointer) {
    InvalidEventsException refused =
        catchThrowableOfType(InvalidEventsException.class, () -> one(json));

    assertThat(refused.errors()).extracting(FieldError::pointer).contains(pointer);
  }

  @Test
  void batchIsLimitedAndItsErrorsHaveTheIndex() {
    String bad = "[" + structured("") + "," + structured(",\"tenantid\":\"-\"") + "]";
    String long4 = "[" + (structured("") + ",").repeat(3) + structured("") + "]";

    InvalidEventsException refused =
        catchThrowableOfType(InvalidEventsException.class, () -> reader.batch(bytes(bad), TENANT));
    InvalidEventsException tooMany =
        catchThrowableOfType(
            InvalidEventsException.class, () -> reader.batch(bytes(long4), TENANT));

    assertThat(refused.errors()).extracting(FieldError::pointer).containsExactly("/1/tenantid");
    assertThat(tooMany.isTooLarge()).isTrue();
  }

  @Test
  void callerForAllTenantsMustNameATenant() {
    InvalidEventsException refused =
        catchThrowableOfType(
            InvalidEventsException.class, () -> reader.structured(bytes(structured("")), null));

    assertThat(refused.errors()).extracting(FieldError::pointer).containsExactly("/tenantid");
  }

  @Test
  void dataBeyondTheLimitIsTooLarge() {
    String data = "\"" + "x".repeat(1_000) + "\"";

    InvalidEventsException refused =
        catchThrowableOfType(
            InvalidEventsException.class, () -> one(structured(",\"data\":" + data)));

    assertThat(refused.isTooLarge()).isTrue();
    assertThat(refused.errors()).extracting(FieldError::pointer).containsExactly("/data");
  }
}
