package dev.switchboard.config;

import static java.util.Objects.requireNonNull;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Binds a JSON object to a record by its {@link Setting}s. Collects every problem instead of
 * stopping at the first.
 *
 * <p>An environment variable named after a setting's path ({@code redis.password}: {@code
 * SWITCHBOARD_REDIS_PASSWORD}) overrides the file; lists are comma-separated there.
 */
final class RecordBinder {
  private final UnaryOperator<@Nullable String> environment;
  private final List<String> problems = new ArrayList<>();

  RecordBinder(UnaryOperator<@Nullable String> environment) {
    this.environment = environment;
  }

  List<String> problems() {
    return problems;
  }

  /** Binds a section; a value with a problem is replaced by its default. */
  <R extends Record> R bind(JsonObject json, Class<R> type, String path) {
    RecordComponent[] components = type.getRecordComponents();
    refuseUnknownKeys(json, components, path);
    Object[] values = new Object[components.length];
    for (int i = 0; i < components.length; i++) {
      values[i] = component(json, components[i], path);
    }
    return construct(type, components, values, path);
  }

  private Object component(JsonObject json, RecordComponent component, String path) {
    String key = component.getName();
    String keyPath = path.isEmpty() ? key : path + "." + key;
    if (component.getType().isRecord() && !isLeaf(component.getType())) {
      Object section = json.getValue(key, new JsonObject());
      if (!(section instanceof JsonObject object)) {
        problems.add(keyPath + ": must be an object");
        return bind(new JsonObject(), component.getType().asSubclass(Record.class), keyPath);
      }
      return bind(object, component.getType().asSubclass(Record.class), keyPath);
    }
    return leaf(json.getValue(key), component, keyPath);
  }

  private static boolean isLeaf(Class<?> type) {
    return type == Secret.class || type == ByteSize.class;
  }

  private Object leaf(@Nullable Object fromFile, RecordComponent component, String path) {
    Setting setting = setting(component);
    Object given = fromFile;
    String source = path;
    String override = override(path);
    if (override != null) {
      given = override;
      source = path + " (from " + environmentName(path) + ")";
    }
    if (given != null) {
      try {
        return convert(given, component, setting);
      } catch (IllegalArgumentException e) {
        problems.add(source + ": " + e.getMessage());
      }
    }
    return convert(setting.def(), component, setting);
  }

  private @Nullable String override(String path) {
    try {
      return environment.apply(environmentName(path));
    } catch (ConfigException unreadable) {
      problems.addAll(unreadable.problems());
      return null;
    }
  }

  static Setting setting(RecordComponent component) {
    return requireNonNull(
        component.getAnnotation(Setting.class), () -> component + " has no @Setting");
  }

  /** Returns the variable of a path, such as {@code SWITCHBOARD_HTTP_MAX_BODY}. */
  static String environmentName(String path) {
    String words = path.replaceAll("([a-z0-9])([A-Z])", "$1_$2").replace('.', '_');
    return "SWITCHBOARD_" + words.toUpperCase(Locale.ROOT);
  }

  private static Object convert(Object given, RecordComponent component, Setting setting) {
    Class<?> type = component.getType();
    if (type == int.class) {
      return (int) bounded(integer(given), setting.min(), maxInt(setting), "");
    }
    if (type == long.class) {
      return bounded(integer(given), setting.min(), setting.max(), "");
    }
    if (type == boolean.class) {
      return bool(given);
    }
    if (type == Duration.class) {
      Duration duration = Durations.parse(text(given));
      long unused = bounded(duration.toMillis(), setting.min(), setting.max(), "ms");
      return duration;
    }
    if (type == ByteSize.class) {
      ByteSize size =
          given instanceof Number ? new ByteSize(integer(given)) : ByteSize.parse(text(given));
      long unused = bounded(size.bytes(), setting.min(), setting.max(), " bytes");
      return size;
    }
    if (type == Secret.class) {
      return new Secret(text(given));
    }
    if (type == List.class) {
      return elements(list(given), component);
    }
    if (type == Map.class) {
      return map(given, component);
    }
    if (type.isEnum()) {
      return constant(text(given), type);
    }
    return text(given);
  }

  private static long integer(Object given) {
    if (given instanceof Integer || given instanceof Long) {
      return ((Number) given).longValue();
    }
    try {
      return Long.parseLong(given.toString().trim());
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("must be a whole number", e);
    }
  }

  /** Returns the maximum of a setting of type int. */
  static long maxInt(Setting setting) {
    return Math.min(setting.max(), Integer.MAX_VALUE);
  }

  private static long bounded(long value, long min, long max, String unit) {
    if (value < min || value > max) {
      String bounds =
          max == Long.MAX_VALUE ? "below " + min + unit : "outside " + min + ".." + max + unit;
      throw new IllegalArgumentException(value + unit + " is " + bounds);
    }
    return value;
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

  private static List<String> list(Object given) {
    if (given instanceof JsonArray array) {
      return array.stream().map(RecordBinder::text).toList();
    }
    return Arrays.stream(text(given).split(","))
        .map(String::trim)
        .filter(s -> !s.isEmpty())
        .toList();
  }

  /** Converts strings to the element type of the setting. */
  private static List<?> elements(List<String> texts, RecordComponent component) {
    Type element = ((ParameterizedType) component.getGenericType()).getActualTypeArguments()[0];
    if (element == Cidr.class) {
      return texts.stream().map(Cidr::parse).toList();
    }
    return element == NameServer.class ? texts.stream().map(NameServer::parse).toList() : texts;
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

  /** Converts a map of lists of strings, such as the patterns of each role. */
  private static Map<String, List<String>> map(Object given, RecordComponent component) {
    ParameterizedType generic = (ParameterizedType) component.getGenericType();
    if (!(generic.getActualTypeArguments()[1] instanceof ParameterizedType)) {
      throw new IllegalStateException(component + " must be a Map<String, List<String>>");
    }
    JsonObject object = given instanceof JsonObject o ? o : new JsonObject(text(given));
    Map<String, List<String>> map = new LinkedHashMap<>();
    object.forEach(entry -> map.put(entry.getKey(), list(entry.getValue())));
    return map;
  }

  private void refuseUnknownKeys(JsonObject json, RecordComponent[] components, String path) {
    List<String> known = Arrays.stream(components).map(RecordComponent::getName).toList();
    for (String key : json.fieldNames()) {
      if (!known.contains(key) && !key.equals("$schema")) {
        String keyPath = path.isEmpty() ? key : path + "." + key;
        problems.add(keyPath + ": unknown key" + suggestion(key, known));
      }
    }
  }

  private static String suggestion(String key, List<String> known) {
    String nearest = "";
    int least = Math.max(2, key.length() / 3) + 1;
    for (String candidate : known) {
      int distance = editDistance(key.toLowerCase(Locale.ROOT), candidate.toLowerCase(Locale.ROOT));
      if (distance < least) {
        least = distance;
        nearest = candidate;
      }
    }
    return nearest.isEmpty()
        ? "; known here: " + String.join(", ", known)
        : " (did you mean " + nearest + "?)";
  }

  /** Levenshtein distance: insertions, deletions and substitutions each count one. */
  private static int editDistance(String a, String b) {
    int[] previous = new int[b.length() + 1];
    Arrays.setAll(previous, i -> i);
    for (int i = 1; i <= a.length(); i++) {
      int[] current = new int[b.length() + 1];
      current[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int substitution = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        current[j] = Math.min(substitution, Math.min(previous[j], current[j - 1]) + 1);
      }
      previous = current;
    }
    return previous[b.length()];
  }

  private <R extends Record> R construct(
      Class<R> type, RecordComponent[] components, Object[] values, String path) {
    try {
      return constructor(type, components).newInstance(values);
    } catch (InvocationTargetException e) {
      if (!(e.getCause() instanceof IllegalArgumentException rule)) {
        throw new IllegalStateException("the rules of " + type + " failed", e.getCause());
      }
      problems.add(withPath(path, String.valueOf(rule.getMessage()), components));
      // Without the environment, which may have broken the rule.
      return new RecordBinder(name -> null).bind(new JsonObject(), type, path);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(type + " can't be constructed", e);
    }
  }

  /**
   * Prefixes a rule with the path; one that begins with a setting's name and a colon is about it.
   */
  private static String withPath(String path, String rule, RecordComponent[] components) {
    if (path.isEmpty()) {
      return rule;
    }
    boolean named =
        Arrays.stream(components).anyMatch(one -> rule.startsWith(one.getName() + ": "));
    return path + (named ? "." : ": ") + rule;
  }

  private static <R extends Record> Constructor<R> constructor(
      Class<R> type, RecordComponent[] components) throws NoSuchMethodException {
    Class<?>[] types =
        Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
    return type.getDeclaredConstructor(types);
  }
}
