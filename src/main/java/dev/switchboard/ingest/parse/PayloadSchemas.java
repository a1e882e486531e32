package dev.switchboard.ingest.parse;

import static java.util.Objects.requireNonNull;

import dev.switchboard.event.EventType;
import dev.switchboard.event.Payload;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonObject;
import io.vertx.json.schema.Draft;
import io.vertx.json.schema.JsonSchema;
import io.vertx.json.schema.JsonSchemaOptions;
import io.vertx.json.schema.OutputFormat;
import io.vertx.json.schema.OutputUnit;
import io.vertx.json.schema.Validator;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The JSON Schemas of the payloads of known event types, loaded from the file that the API
 * descriptions are checked against. Members that a schema does not name are allowed. Belongs to one
 * event loop.
 */
public final class PayloadSchemas {
  private static final String FILE = "/event-payloads.json";
  private static final JsonSchemaOptions OPTIONS =
      new JsonSchemaOptions()
          .setBaseUri("urn:switchboard:")
          .setDraft(Draft.DRAFT202012)
          .setOutputFormat(OutputFormat.Basic);

  private final JsonObject schemas = read();
  private final Map<EventType, Validator> validators = new HashMap<>();

  /** Reads the schema file: schemas by event type. */
  public static JsonObject read() {
    try (InputStream file = PayloadSchemas.class.getResourceAsStream(FILE)) {
      return new JsonObject(Buffer.buffer(requireNonNull(file, FILE).readAllBytes()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the violations with pointers into the payload; none if the type has no schema. */
  List<FieldError> violations(EventType type, Payload payload) {
    Validator validator = validator(type);
    if (validator == null) {
      return List.of();
    }
    OutputUnit outcome = validator.validate(Json.decodeValue(Buffer.buffer(payload.bytes())));
    return outcome.getValid() ? List.of() : violations(outcome);
  }

  private @Nullable Validator validator(EventType type) {
    JsonObject schema = schemas.getJsonObject(type.value());
    return schema == null
        ? null
        : validators.computeIfAbsent(
            type, known -> Validator.create(JsonSchema.of(schema), OPTIONS));
  }

  /** Leaves out the errors of objects that are only invalid because of one of their members. */
  private static List<FieldError> violations(OutputUnit outcome) {
    List<FieldError> violations = new ArrayList<>();
    for (OutputUnit error : requireNonNull(outcome.getErrors())) {
      if (!error.getKeywordLocation().endsWith("/properties")) {
        String pointer = error.getInstanceLocation().replaceFirst("^#", "");
        violations.add(new FieldError(pointer, error.getError()));
      }
    }
    return violations;
  }
}
