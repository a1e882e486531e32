package dev.switchboard.auth;

import dev.switchboard.auth.AuthException.Check;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The claims of a verified token, by name and type. A claim that is {@code null} counts as absent;
 * a claim of another type than requested is refused, never ignored.
 */
record Claims(JsonObject json) {
  /** End of the year 9999; the "never" of an issuer can be beyond the range of {@link Instant}. */
  private static final long MAX_SECONDS = 253_402_300_799L;

  boolean has(String name) {
    return json.containsKey(name);
  }

  /** Returns a string that is not empty, or null. */
  @Nullable String text(String name) {
    Object value = json.getValue(name);
    if (value == null) {
      return null;
    }
    if (!(value instanceof String text) || text.isEmpty()) {
      throw wrong(name, "a string that is not empty");
    }
    return text;
  }

  /** Returns a string that is not empty, a whole number as text, or null. */
  @Nullable String id(String name) {
    Object value = json.getValue(name);
    return value instanceof Integer || value instanceof Long ? value.toString() : text(name);
  }

  /** Returns whether the claim is {@code true}. */
  boolean flag(String name) {
    Object value = json.getValue(name);
    if (value != null && !(value instanceof Boolean)) {
      throw wrong(name, "true or false");
    }
    return Boolean.TRUE.equals(value);
  }

  /** Returns a time, which may have fractions of a second; null if the claim is absent. */
  @Nullable Instant time(String name) {
    Object value = json.getValue(name);
    if (value == null) {
      return null;
    }
    if (!(value instanceof Number seconds)) {
      throw wrong(name, "a number of seconds since 1970");
    }
    if (seconds instanceof Integer || seconds instanceof Long) {
      return Instant.ofEpochSecond(
          Math.max(-MAX_SECONDS, Math.min(seconds.longValue(), MAX_SECONDS)));
    }
    double bounded = Math.max(-MAX_SECONDS, Math.min(seconds.doubleValue(), MAX_SECONDS));
    return Instant.ofEpochMilli((long) Math.floor(bounded * 1_000));
  }

  /** Whether the claim is that string, or an array that contains it. */
  boolean names(String name, String wanted) {
    Object value = json.getValue(name);
    if (value == null || value instanceof String) {
      return wanted.equals(value);
    }
    if (!(value instanceof JsonArray list) || !list.stream().allMatch(String.class::isInstance)) {
      throw wrong(name, "a string or an array of strings");
    }
    return list.contains(wanted);
  }

  private static AuthException wrong(String name, String expected) {
    return AuthException.refused(Check.CLAIMS, "the claim " + name + " must be " + expected);
  }
}
