package dev.switchboard.fuzz;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** JSON as an independent reader sees it: a tree. */
public final class JsonTrees {
  private static final JsonFactory STRICT =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private JsonTrees() {}

  /** A value that was read. */
  public record Tree(@Nullable Object value) {}

  /** Reads a JSON text; empty if it is not one. */
  public static Optional<Tree> read(byte[] json) {
    try {
      return Optional.of(new Tree(Json.decodeValue(Buffer.buffer(json))));
    } catch (DecodeException notJson) {
      return Optional.empty();
    }
  }

  /** Reads a JSON text that is an object; empty if it is not. */
  public static Optional<JsonObject> object(String json) {
    try {
      return Optional.of(new JsonObject(json));
    } catch (DecodeException notAnObject) {
      return Optional.empty();
    }
  }

  /**
   * Whether a JSON text names a member twice in one object, of which most readers take the last.
   */
  public static boolean repeatsNames(byte[] json) {
    try (JsonParser parser = STRICT.createParser(json)) {
      while (parser.nextToken() != null) {
        // Only read.
      }
      return false;
    } catch (IOException repeated) {
      return true;
    }
  }

  /** Whether both are the same, with numbers as ECMAScript reads them. */
  public static boolean same(@Nullable Object a, @Nullable Object b) {
    if (a instanceof Number one && b instanceof Number other) {
      double first = one.doubleValue();
      double second = other.doubleValue();
      return first == second || Double.compare(first, second) == 0;
    }
    if (a instanceof JsonObject one && b instanceof JsonObject other) {
      return one.fieldNames().equals(other.fieldNames())
          && one.fieldNames().stream()
              .allMatch(name -> same(one.getValue(name), other.getValue(name)));
    }
    if (a instanceof JsonArray one && b instanceof JsonArray other) {
      return one.size() == other.size() && sameElements(one, other);
    }
    return a == null ? b == null : a.equals(b);
  }

  private static boolean sameElements(JsonArray one, JsonArray other) {
    for (int i = 0; i < one.size(); i++) {
      if (!same(one.getValue(i), other.getValue(i))) {
        return false;
      }
    }
    return true;
  }
}
