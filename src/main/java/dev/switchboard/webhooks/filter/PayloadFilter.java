package dev.switchboard.webhooks.filter;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.function.IntPredicate;
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
 *
 * <p>Every event of the tenant runs through it on an event loop, so its size is limited when it is
 * parsed, and its work by a {@link FilterBudget} when it is used.
 */
public final class PayloadFilter {
  /** Maximum size as compact JSON in UTF-8. */
  static final int MAX_BYTES = 32 << 10;

  private static final int MAX_DEPTH = 8;
  private static final int MAX_TESTS = 100;
  private static final int MAX_VALUES = 2_000;

  private final JsonObject source;
  private final Test test;
  private int tests;
  private int values;

  /** A part of the filter; takes its steps from the budget before it does them. */
  private interface Test {
    boolean holds(@Nullable Object value, FilterBudget budget);
  }

  private PayloadFilter(JsonObject json) {
    this.source = json;
    this.test = filter(json, 1);
  }

  /**
   * Parses a filter.
   *
   * @throws IllegalArgumentException if it is invalid or too large, with what is wrong
   */
  public static PayloadFilter parse(JsonObject json) {
    PayloadFilter filter = new PayloadFilter(json);
    if (json.toBuffer().length() > MAX_BYTES) {
      throw new IllegalArgumentException("is larger than " + MAX_BYTES + " bytes; shorten it");
    }
    return filter;
  }

  /** The JSON that it was parsed from. */
  public JsonObject source() {
    return source;
  }

  /**
   * Whether {@code payload}, as Vert.x parses it, is wanted.
   *
   * @throws FilterBudget.ExceededException if {@code budget} does not suffice
   */
  public boolean wants(@Nullable Object payload, FilterBudget budget) {
    budget.startFilter();
    return test.holds(payload, budget);
  }

  private Test filter(JsonObject json, int depth) {
    requireDepth(depth);
    tests += json.size();
    if (tests > MAX_TESTS) {
      throw new IllegalArgumentException(
          "has more than " + MAX_TESTS + " tests; list alternatives of one member in $in");
    }
    return all(
        json.fieldNames().stream().map(name -> part(name, json.getValue(name), depth)).toList());
  }

  private static void requireDepth(int depth) {
    if (depth > MAX_DEPTH) {
      throw new IllegalArgumentException("is nested deeper than " + MAX_DEPTH + " levels");
    }
  }

  private static Test all(List<Test> parts) {
    return (value, budget) -> {
      budget.take(1);
      for (Test part : parts) {
        if (!part.holds(value, budget)) {
          return false;
        }
      }
      return true;
    };
  }

  private static Test any(List<Test> parts) {
    return (value, budget) -> {
      budget.take(1);
      for (Test part : parts) {
        if (part.holds(value, budget)) {
          return true;
        }
      }
      return false;
    };
  }

  private static Test not(Test test) {
    return (value, budget) -> !test.holds(value, budget);
  }

  private Test part(String name, @Nullable Object wanted, int depth) {
    return switch (name) {
      case "$and" -> all(filters(name, wanted, depth));
      case "$or" -> any(filters(name, wanted, depth));
      case "$not" -> not(filter(object(name, wanted), depth + 1));
      default -> name.startsWith("$") ? operator(name, wanted, depth) : member(name, wanted, depth);
    };
  }

  private List<Test> filters(String name, @Nullable Object wanted, int depth) {
    if (!(wanted instanceof JsonArray array) || array.isEmpty()) {
      throw new IllegalArgumentException(name + " takes a list of filters");
    }
    if (array.size() > MAX_TESTS) {
      throw new IllegalArgumentException(name + " has more than " + MAX_TESTS + " filters");
    }
    return array.stream().map(item -> filter(object(name, item), depth + 1)).toList();
  }

  private static JsonObject object(String name, @Nullable Object wanted) {
    if (wanted instanceof JsonObject json) {
      return json;
    }
    throw new IllegalArgumentException(name + " takes a filter, which is an object");
  }

  private Test member(String name, @Nullable Object wanted, int depth) {
    Test inner =
        wanted instanceof JsonObject json ? filter(json, depth + 1) : equalTo(wanted, depth);
    return (value, budget) ->
        inner.holds(value instanceof JsonObject json ? json.getValue(name) : null, budget);
  }

  private Test operator(String name, @Nullable Object wanted, int depth) {
    return switch (name) {
      case "$eq" -> equalTo(wanted, depth);
      case "$neq" -> not(equalTo(wanted, depth));
      case "$gt" -> ordered(name, wanted, order -> order > 0);
      case "$gte" -> ordered(name, wanted, order -> order >= 0);
      case "$lt" -> ordered(name, wanted, order -> order < 0);
      case "$lte" -> ordered(name, wanted, order -> order <= 0);
      case "$in" -> in(name, wanted, depth);
      case "$nin" -> not(in(name, wanted, depth));
      case "$startsWith" -> startsWith(text(name, wanted));
      case "$endsWith" -> endsWith(text(name, wanted));
      case "$exist" -> exists(flag(name, wanted));
      default -> throw new IllegalArgumentException(name + " is not an operator");
    };
  }

  private static Test oneOf(Test test) {
    return (value, budget) -> {
      if (test.holds(value, budget)) {
        return true;
      }
      if (value instanceof JsonArray array) {
        for (Object item : array) {
          if (test.holds(item, budget)) {
            return true;
          }
        }
      }
      return false;
    };
  }

  private Test equalTo(@Nullable Object wanted, int depth) {
    ValueSet one = new ValueSet();
    one.add(wanted, nodes(wanted, depth));
    return oneOf(one::contains);
  }

  private Test in(String name, @Nullable Object wanted, int depth) {
    if (!(wanted instanceof JsonArray array)) {
      throw new IllegalArgumentException(name + " takes a list of values");
    }
    requireValues(array.size());
    ValueSet listed = new ValueSet();
    for (Object item : array) {
      listed.add(item, nodes(item, depth));
    }
    return oneOf(listed::contains);
  }

  /** Counts the values that {@code wanted} consists of, itself included. */
  private int nodes(@Nullable Object wanted, int depth) {
    requireDepth(depth);
    requireValues(++values);
    int nodes = 1;
    if (wanted instanceof JsonArray array) {
      for (Object item : array) {
        nodes += nodes(item, depth + 1);
      }
    } else if (wanted instanceof JsonObject object) {
      for (String name : object.fieldNames()) {
        nodes += nodes(object.getValue(name), depth + 1);
      }
    }
    return nodes;
  }

  private static void requireValues(int count) {
    if (count > MAX_VALUES) {
      throw new IllegalArgumentException(
          "has more than "
              + MAX_VALUES
              + " values to compare with; shorten its lists, or divide them among webhooks");
    }
  }

  private static Test ordered(String name, @Nullable Object wanted, IntPredicate accepts) {
    if (!(wanted instanceof Number || wanted instanceof String)) {
      throw new IllegalArgumentException(name + " takes a number or a string");
    }
    return oneOf(
        (value, budget) -> {
          budget.take(JsonScalar.cost(value));
          return value != null
              && JsonScalar.areComparable(value, wanted)
              && accepts.test(JsonScalar.compare(value, wanted));
        });
  }

  private static Test exists(boolean wanted) {
    return (value, budget) -> (value != null) == wanted;
  }

  private static boolean flag(String name, @Nullable Object wanted) {
    if (wanted instanceof Boolean flag) {
      return flag;
    }
    throw new IllegalArgumentException(name + " takes true or false");
  }

  private static Test startsWith(String start) {
    return oneOf(
        (value, budget) -> {
          budget.take(JsonScalar.cost(start));
          return value instanceof String text && text.startsWith(start);
        });
  }

  private static Test endsWith(String end) {
    return oneOf(
        (value, budget) -> {
          budget.take(JsonScalar.cost(end));
          return value instanceof String text && text.endsWith(end);
        });
  }

  private static String text(String name, @Nullable Object wanted) {
    if (wanted instanceof String text) {
      return text;
    }
    throw new IllegalArgumentException(name + " takes a string");
  }
}
