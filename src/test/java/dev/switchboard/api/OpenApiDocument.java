package dev.switchboard.api;

import static java.util.Objects.requireNonNull;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.json.schema.Draft;
import io.vertx.json.schema.JsonSchema;
import io.vertx.json.schema.JsonSchemaOptions;
import io.vertx.json.schema.OutputFormat;
import io.vertx.json.schema.Validator;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The operations of openapi.yaml, with every reference resolved. */
final class OpenApiDocument {
  private final JsonObject root;

  OpenApiDocument() {
    try (InputStream file = OpenApiDocument.class.getResourceAsStream("/openapi.yaml")) {
      Map<String, Object> yaml =
          new Yaml(new SafeConstructor(new LoaderOptions()))
              .load(new String(requireNonNull(file).readAllBytes(), StandardCharsets.UTF_8));
      root = new JsonObject(new JsonObject(yaml).encode());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A parameter in the path or the query. */
  record Parameter(String name, String in, Schema schema) {}

  /** A schema and a validator for it, which is no code of ours. */
  record Schema(JsonObject json, Validator validator) {
    boolean allows(@Nullable Object value) {
      return Boolean.TRUE.equals(validator.validate(value).getValid());
    }
  }

  /**
   * An operation.
   *
   * @param body schema of a body in JSON; null if there is none
   * @param responses schema of each status that has a body in JSON; null for the others
   */
  record Operation(
      String id,
      String method,
      String path,
      List<Parameter> parameters,
      @Nullable Schema body,
      Map<Integer, @Nullable Schema> responses) {}

  List<Operation> operations() {
    List<Operation> operations = new ArrayList<>();
    for (String path : root.getJsonObject("paths").fieldNames()) {
      JsonObject item = root.getJsonObject("paths").getJsonObject(path);
      for (String method : item.fieldNames()) {
        operations.add(operation(method, path, (JsonObject) resolved(item.getJsonObject(method))));
      }
    }
    return operations;
  }

  private static Operation operation(String method, String path, JsonObject json) {
    List<Parameter> parameters = new ArrayList<>();
    for (Object given : json.getJsonArray("parameters", new JsonArray())) {
      JsonObject parameter = (JsonObject) given;
      String in = parameter.getString("in");
      if (Set.of("path", "query").contains(in)) {
        parameters.add(
            new Parameter(
                parameter.getString("name"), in, schema(parameter.getJsonObject("schema"))));
      }
    }
    JsonObject body = json.getJsonObject("requestBody");
    Map<Integer, @Nullable Schema> responses = new HashMap<>();
    JsonObject documented = json.getJsonObject("responses");
    for (String status : documented.fieldNames()) {
      responses.put(Integer.valueOf(status), jsonSchema(documented.getJsonObject(status)));
    }
    return new Operation(
        json.getString("operationId"),
        method.toUpperCase(java.util.Locale.ROOT),
        path,
        parameters,
        body == null ? null : jsonSchema(body),
        responses);
  }

  private static @Nullable Schema jsonSchema(JsonObject described) {
    JsonObject content = described.getJsonObject("content", new JsonObject());
    for (String type : List.of("application/json", "application/problem+json")) {
      if (content.containsKey(type)) {
        return schema(content.getJsonObject(type).getJsonObject("schema"));
      }
    }
    return null;
  }

  private static Schema schema(JsonObject json) {
    return new Schema(
        json,
        Validator.create(
            JsonSchema.of(json),
            new JsonSchemaOptions()
                .setBaseUri("https://openapi.invalid")
                .setDraft(Draft.DRAFT202012)
                .setOutputFormat(OutputFormat.Flag)));
  }

  private Object resolved(Object node) {
    if (node instanceof JsonObject object) {
      if (object.getValue("$ref") instanceof String reference) {
        return resolved(find(reference.substring("#/".length()).split("/")));
      }
      JsonObject copy = new JsonObject();
      object.forEach(
          member -> {
            Object value = member.getValue();
            copy.put(member.getKey(), value == null ? null : resolved(value));
          });
      return copy;
    }
    if (node instanceof JsonArray array) {
      JsonArray copy = new JsonArray();
      array.forEach(element -> copy.add(element == null ? null : resolved(element)));
      return copy;
    }
    return node;
  }

  private Object find(String... steps) {
    Object node = root;
    for (String step : steps) {
      node = ((JsonObject) node).getValue(step);
    }
    return node;
  }
}
