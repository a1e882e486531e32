package dev.switchboard.config.binding;

import static java.util.Objects.requireNonNull;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.LongFunction;

/**
 * Parses the value of one setting, given as JSON or as the text of a variable.
 *
 * @param textTypes parsers of the types that are written as a string
 */
record ValueParser(Map<Class<?>, Function<String, ?>> textTypes) {

  /**
   * Returns {@code given} as the type of {@code component}, within its bounds.
   *
   * @throws IllegalArgumentException saying what is wrong with the value, without its path
   */
  Object parse(Object given, SettingComponent component) {
    Class<?> type = component.type();
    if (type == int.class) {
      return (int) integer(given, component);
    }
    if (type == long.class) {
      return integer(given, component);
    }
    if (type == boolean.class) {
      return bool(given);
    }
    if (type == Duration.class) {
      return duration(given, component);
    }
    if (type == ByteSize.class) {
      return size(given, component);
    }
    if (type == List.class) {
      return elements(list(given), component);
    }
    if (type == Map.class) {
      return map(given, component);
    }
    return type.isEnum() ? constant(text(given), type) : ofText(type, text(given));
  }

  private static long integer(Object given, SettingComponent component) {
    long number = wholeNumber(given);
    requireWithin(component, number, String::valueOf);
    return number;
  }

  private static long wholeNumber(Object given) {
    if (given instanceof Integer || given instanceof Long) {
      return ((Number) given).longValue();
    }
    try {
      return Long.parseLong(given.toString().trim());
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("must be a whole number", e);
    }
  }

  private static Duration duration(Object given, SettingComponent component) {
    Duration duration = Durations.parse(text(given));
    requireWithin(
        component, duration.toMillis(), millis -> Durations.format(Duration.ofMillis(millis)));
    return duration;
  }

  private static ByteSize size(Object given, SettingComponent component) {
    ByteSize size =
        given instanceof Number ? new ByteSize(wholeNumber(given)) : ByteSize.parse(text(given));
    requireWithin(component, size.bytes(), bytes -> new ByteSize(bytes).toString());
    return size;
  }

  private static void requireWithin(
      SettingComponent component, long value, LongFunction<String> format) {
    if (value >= component.min() && value <= component.max()) {
      return;
    }
    String min = format.apply(component.min());
    throw new IllegalArgumentException(
        format.apply(value)
            + " is "
            + (component.max() == Long.MAX_VALUE
                ? "below " + min
                : "outside " + min + ".." + format.apply(component.max())));
  }

  private static boolean bool(Object given) {
    return switch (given.toString()) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new IllegalArgumentException("must be true or false");
    };
  }

  private static String text(Object given) {
    if (given instanceof String text) {
      return text;
    }
    throw new IllegalArgumentException("must be a string in quotes");
  }

  private Object ofText(Type type, String text) {
    return textTypes.getOrDefault(type, Function.identity()).apply(text);
  }

  private static List<String> list(Object given) {
    if (given instanceof JsonArray array) {
      return array.stream().map(ValueParser::text).toList();
    }
    return Arrays.stream(text(given).split(","))
        .map(String::trim)
        .filter(s -> !s.isEmpty())
        .toList();
  }

  private List<?> elements(List<String> texts, SettingComponent component) {
    ParameterizedType generic = (ParameterizedType) component.component().getGenericType();
    Type element = generic.getActualTypeArguments()[0];
    return texts.stream().map(text -> ofText(element, text)).toList();
  }

  private static Object constant(String name, Class<?> type) {
    Object[] constants = requireNonNull(type.getEnumConstants());
    for (Object constant : constants) {
      if (constant.toString().equals(name)) {
        return constant;
      }
    }
    throw new IllegalArgumentException("must be one of " + Arrays.toString(constants));
  }

  private static JsonObject object(String text) {
    try {
      return new JsonObject(text);
    } catch (DecodeException malformed) {
      throw new IllegalArgumentException(
          "must be a JSON object, such as {\"name\":[\"value\"]}", malformed);
    }
  }

  /** Parses a map of lists of strings, such as the patterns of each role. */
  private static Map<String, List<String>> map(Object given, SettingComponent component) {
    ParameterizedType generic = (ParameterizedType) component.component().getGenericType();
    if (!(generic.getActualTypeArguments()[1] instanceof ParameterizedType)) {
      throw new IllegalStateException(component + " must be a Map<String, List<String>>");
    }
    JsonObject object = given instanceof JsonObject o ? o : object(text(given));
    Map<String, List<String>> map = new LinkedHashMap<>();
    object.forEach(entry -> map.put(entry.getKey(), list(entry.getValue())));
    return map;
  }
}
