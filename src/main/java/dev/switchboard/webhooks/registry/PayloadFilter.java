package dev.switchboard.webhooks.registry;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Selects payloads by a filter in JSON: member names with an expected value, a nested filter, or
 * operators.
 *
 * <pre>
 *   {"queue_name": "support", "caller": {"vip": true}, "waited": {"$gte": 30},
 *    "$or": [{"direction": "inbound"}, {"tags": {"$in": ["urgent"]}}]}
 * </pre>
 *
 * <p>Operators on values: {@code $eq $neq $gt $gte $lt $lte $in $nin $startsWith $endsWith $exist},
 * and on filters {@code $and $or $not}. A test on a list holds if it holds for one of its items.
 */
final class PayloadFilter {
  private static final int MAX_DEPTH = 8;
  private static final int MAX_TESTS = 100;

  private final JsonObject source;
  private final Predicate<@Nullable Object> test;
  private int tests;

  private PayloadFilter(JsonObject json) {
    this.source = json;
    this.test = filter(json, 1);
  }

  /**
   * Parses a filter.
   *
   * @throws IllegalArgumentException if it is invalid, with what is wrong
   */
  static PayloadFilter parse(JsonObject json) {
    return new PayloadFilter(json);
  }

  /** The JSON that it was parsed from. */
  JsonObject source() {
    return source;
  }

  /** Whether {@code payload}, as Vert.x parses it, is wanted. */
  boolean wants(@Nullable Object payload) {
    return test.test(payload);
  }

  private Predicate<@Nullable Object> filter(JsonObject json, int depth) {
    if (depth > MAX_DEPTH) {
      throw new IllegalArgumentException("is nested deeper than " + MAX_DEPTH + " levels");
    }
    Predicate<@Nullable Object> all = value -> true;
    for (Map.Entry<String, Object> entry : json) {
      if (++tests > MAX_TESTS) {
        throw new IllegalArgumentException("has more than " + MAX_TESTS + " tests");
      }
      all = all.and(part(entry.getKey(), entry.getValue(), depth));
    }
    return all;
  }

  private Predicate<@Nullable Object> part(String name, @Nullable Object wanted, int depth) {
    return switch (name) {
      case "$and" -> filters(name, wanted, depth).stream().reduce(value -> true, Predicate::and);
      case "$or" -> filters(name, wanted, depth).stream().reduce(value -> false, Predicate::or);
      case "$not" -> filter(object(name, wanted), depth + 1).negate();
      default -> name.startsWith("$") ? operator(name, wanted) : member(name, wanted, depth);
    };
  }

  private List<Predicate<@Nullable Object>> filters(
      String name, @Nullable Object wanted, int depth) {
    if (!(wanted instanceof JsonArray array) || array.isEmpty()) {
      throw new IllegalArgumentException(name + " takes a list of filters");
    }
    return array.stream().map(item -> filter(object(name, item), depth + 1)).toList();
  }

  private static JsonObject object(String name, @Nullable Object wanted) {
    if (wanted instanceof JsonObject json) {
      return json;
    }
    throw new IllegalArgumentException(name + " takes a filter, which is an object");
  }

  private Predicate<@Nullable Object> member(String name, @Nullable Object wanted, int depth) {
    Predicate<@Nullable Object> inner =
        wanted instanceof JsonObject json ? filter(json, depth + 1) : oneOf(equalTo(wanted));
    return value -> inner.test(value instanceof JsonObject json ? json.getValue(name) : null);
  }

  private static Predicate<@Nullable Object> operator(String name, @Nullable Object wanted) {
    return switch (name) {
      case "$eq" -> oneOf(equalTo(wanted));
      case "$neq" -> oneOf(equalTo(wanted)).negate();
      case "$gt" -> oneOf(value -> compare(value, wanted) > 0);
      case "$gte" -> oneOf(value -> compare(value, wanted) >= 0);
      case "$lt" -> oneOf(value -> comparable(value, wanted) && compare(value, wanted) < 0);
      case "$lte" -> oneOf(value -> comparable(value, wanted) && compare(value, wanted) <= 0);
      case "$in" -> oneOf(in(name, wanted));
      case "$nin" -> oneOf(in(name, wanted)).negate();
      case "$startsWith" -> oneOf(startsWith(text(name, wanted)));
      case "$endsWith" -> oneOf(endsWith(text(name, wanted)));
      case "$exist" -> value -> (value != null) == Boolean.TRUE.equals(wanted);
      default -> throw new IllegalArgumentException(name + " is not an operator");
    };
  }

  private static Predicate<@Nullable Object> oneOf(Predicate<@Nullable Object> test) {
    return value ->
        test.test(value) || (value instanceof JsonArray array && array.stream().anyMatch(test));
  }

  private static Predicate<@Nullable Object> equalTo(@Nullable Object wanted) {
    return value ->
        (value instanceof Number && wanted instanceof Number)
            ? compare(value, wanted) == 0
            : Objects.equals(value, wanted);
  }

  private static Predicate<@Nullable Object> in(String name, @Nullable Object wanted) {
    if (!(wanted instanceof JsonArray array)) {
      throw new IllegalArgumentException(name + " takes a list of values");
    }
    return array.stream()
        .map(PayloadFilter::equalTo)
        .reduce(value -> false, (first, second) -> first.or(second));
  }

  private static Predicate<@Nullable Object> startsWith(String start) {
    return value -> value instanceof String text && text.startsWith(start);
  }

  private static Predicate<@Nullable Object> endsWith(String end) {
    return value -> value instanceof String text && text.endsWith(end);
  }

  private static String text(String name, @Nullable Object wanted) {
    if (wanted instanceof String text) {
      return text;
    }
    throw new IllegalArgumentException(name + " takes a string");
  }

  private static boolean comparable(@Nullable Object value, @Nullable Object wanted) {
    return (value instanceof Number && wanted instanceof Number)
        || (value instanceof String && wanted instanceof String);
  }

  /** Below zero if they can't be compared. */
  private static int compare(@Nullable Object value, @Nullable Object wanted) {
    if (value instanceof Number a && wanted instanceof Number b) {
      return isBeyondDoubles(a) || isBeyondDoubles(b)
          ? Double.compare(a.doubleValue(), b.doubleValue())
          : new BigDecimal(a.toString()).compareTo(new BigDecimal(b.toString()));
    }
    return value instanceof String a && wanted instanceof String b ? a.compareTo(b) : -1;
  }

  /** True for numbers such as 1e400, which JSON allows and Vert.x parses as infinite. */
  private static boolean isBeyondDoubles(Number number) {
    return number instanceof Double value && value.isInfinite();
  }
}
