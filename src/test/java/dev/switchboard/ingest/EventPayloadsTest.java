package dev.switchboard.ingest;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.event.EventType;
import dev.switchboard.ingest.parse.PayloadSchemas;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** Holds what the API's descriptions say of payloads against the one file that is checked by. */
class EventPayloadsTest {
  private static final String BEGIN =
      "    # payloads:begin (written from event-payloads.json by EventPayloadsTest)\n";
  private static final String END = "    # payloads:end\n";

  private final JsonObject schemas = PayloadSchemas.read();

  /** After a change: {@code mvn test -Dtest=EventPayloadsTest -Dswitchboard.regenerate=true}. */
  @ParameterizedTest
  @ValueSource(strings = {"openapi.yaml", "asyncapi.yaml"})
  void descriptionsRepeatTheFile(String name) throws IOException {
    Path file = Path.of("src/main/resources", name);
    String text = Files.readString(file);
    String expected = block();

    if (Boolean.getBoolean("switchboard.regenerate")) {
      text =
          text.substring(0, text.indexOf(BEGIN) + BEGIN.length())
              + expected
              + text.substring(text.indexOf(END));
      Files.writeString(file, text);
    }

    assertThat(text.substring(text.indexOf(BEGIN) + BEGIN.length(), text.indexOf(END)))
        .as("run with -Dswitchboard.regenerate=true to write it again")
        .isEqualTo(expected);
    schemas.forEach(
        schema ->
            assertThat(described(file, schema.getKey()))
                .isEqualTo(((JsonObject) schema.getValue()).getMap()));
  }

  /** JSON is YAML, too. */
  private String block() {
    StringBuilder block = new StringBuilder();
    for (String type : schemas.fieldNames()) {
      String schema = schemas.getJsonObject(type).encode();
      block.append("    payload.").append(type).append(": ").append(schema).append('\n');
    }
    return block.toString();
  }

  private static Object described(Path file, String type) {
    try {
      Map<?, ?> document =
          new Yaml(new SafeConstructor(new LoaderOptions())).load(Files.readString(file));
      Map<?, ?> components = (Map<?, ?>) requireNonNull(document.get("components"));
      Map<?, ?> described = (Map<?, ?>) requireNonNull(components.get("schemas"));
      String json = io.vertx.core.json.Json.encode(described.get("payload." + type));
      return new JsonObject(json).getMap();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void everySchemaBelongsToAPublishableTypeAndAllowsOtherMembers() {
    for (String type : schemas.fieldNames()) {
      assertThat(new EventType(type).isReserved()).as(type).isFalse();
      assertThat(schemas.getJsonObject(type).containsKey("additionalProperties"))
          .as(type)
          .isFalse();
    }
  }
}
