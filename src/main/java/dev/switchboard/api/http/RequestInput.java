package dev.switchboard.api.http;

import dev.switchboard.postgres.StorableText;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads and validates the query parameters and bodies of requests. */
public final class RequestInput {
  private static final byte[] NO_BYTES = {};

  private RequestInput() {}

  /** Returns the first value of a query parameter, which can be stored; null if it is absent. */
  public static @Nullable String parameter(RoutingContext context, String name) {
    List<String> values = context.queryParam(name);
    if (values.isEmpty()) {
      return null;
    }
    if (!StorableText.isStorable(values.get(0))) {
      throw ProblemException.badRequest(name + " " + StorableText.RULE);
    }
    return values.get(0);
  }

  /** Returns a whole number of the query, from {@code min} to {@code max}. */
  public static int number(
      RoutingContext context, String name, int defaultValue, int min, int max) {
    String text = parameter(context, name);
    if (text == null) {
      return defaultValue;
    }
    if (text.matches("\\d{1,9}")) {
      int number = Integer.parseInt(text);
      if (number >= min && number <= max) {
        return number;
      }
    }
    throw ProblemException.badRequest(name + " must be a whole number from " + min + " to " + max);
  }

  /** Returns a query parameter that is the id of a row; 0 without it. */
  public static long id(RoutingContext context, String name) {
    String text = parameter(context, name);
    if (text == null) {
      return 0;
    }
    if (!text.matches("\\d{1,18}")) {
      throw ProblemException.badRequest(name + " must be a whole number of at most 18 digits");
    }
    return Long.parseLong(text);
  }

  /** Returns the bytes of the body; an empty array without a body. */
  public static byte[] bytes(RoutingContext context) {
    Buffer body = context.body().buffer();
    return body == null ? NO_BYTES : body.getBytes();
  }

  /** Returns the body as a JSON object; an empty one without a body. */
  public static JsonObject jsonOrEmpty(RoutingContext context) {
    return context.body() == null || context.body().length() <= 0
        ? new JsonObject()
        : json(context);
  }

  /** Returns the body, which must be a JSON object. */
  public static JsonObject json(RoutingContext context) {
    try {
      JsonObject body = context.body().asJsonObject();
      if (body != null) {
        return body;
      }
    } catch (DecodeException | ClassCastException notAnObject) {
      // Refused below.
    }
    throw ProblemException.badRequest("the body must be a JSON object");
  }
}
