package dev.switchboard.config.binding;

import dev.switchboard.event.Reason;
import io.vertx.core.json.JsonObject;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Binds a JSON object to a record by its {@link Setting}s; the environment overrides the object.
 * Collects every problem instead of stopping at the first.
 */
public final class RecordBinder {
  private final Environment environment;
  private final ValueParser parser;
  private final List<String> problems = new ArrayList<>();

  /**
   * Creates a binder without problems.
   *
   * @param textTypes parsers of the types of values that are written as a string; each throws an
   *     {@link IllegalArgumentException} that says what is wrong with its text
   */
  public RecordBinder(Environment environment, Map<Class<?>, Function<String, ?>> textTypes) {
    this(environment, new ValueParser(textTypes));
  }

  private RecordBinder(Environment environment, ValueParser parser) {
    this.environment = environment;
    this.parser = parser;
  }

  /** Returns the problems found so far, each in the form {@code path: problem}. */
  public List<String> problems() {
    return problems;
  }

  /** Binds {@code json} to the outermost section; a value with a problem becomes its default. */
  public <R extends Record> R bind(JsonObject json, Class<R> type) {
    return bind(json, type, "");
  }

  private <R extends Record> R bind(JsonObject json, Class<R> type, String path) {
    List<SettingComponent> components = SettingComponent.of(type);
    refuseUnknownKeys(json, components, path);
    Object[] values =
        components.stream()
            .map(
                component ->
                    component.isSection()
                        ? section(json, component, path)
                        : leaf(json, component, path))
            .toArray();
    return construct(type, components, values, path);
  }

  private void refuseUnknownKeys(JsonObject json, List<SettingComponent> components, String path) {
    List<String> known = components.stream().map(SettingComponent::name).toList();
    for (String key : json.fieldNames()) {
      if (!known.contains(key) && !key.equals("$schema")) {
        problems.add(join(path, key) + ": unknown key" + KeySuggestion.of(key, known));
      }
    }
  }

  private Record section(JsonObject json, SettingComponent component, String parent) {
    String path = join(parent, component.name());
    Class<? extends Record> type = component.type().asSubclass(Record.class);
    Object section = json.getValue(component.name(), new JsonObject());
    if (section instanceof JsonObject object) {
      return bind(object, type, path);
    }
    problems.add(path + ": must be an object");
    return bind(new JsonObject(), type, path);
  }

  private Object leaf(JsonObject json, SettingComponent component, String parent) {
    String path = join(parent, component.name());
    Object given = json.getValue(component.name());
    String source = path;
    String override = override(path);
    if (override != null) {
      given = override;
      source = path + " (from " + Environment.variable(path) + ")";
    }
    if (given != null) {
      try {
        return parser.parse(given, component);
      } catch (IllegalArgumentException e) {
        problems.add(source + ": " + e.getMessage());
      }
    }
    return parser.parse(component.setting().def(), component);
  }

  private @Nullable String override(String path) {
    try {
      return environment.override(path);
    } catch (IllegalArgumentException unreadable) {
      problems.add(Reason.of(unreadable));
      return null;
    }
  }

  private static String join(String path, String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  private <R extends Record> R construct(
      Class<R> type, List<SettingComponent> components, Object[] values, String path) {
    try {
      return constructor(type, components).newInstance(values);
    } catch (InvocationTargetException e) {
      if (!(e.getCause() instanceof IllegalArgumentException rule)) {
        throw new IllegalStateException("the rules of " + type + " failed", e.getCause());
      }
      problems.add(withPath(path, Reason.of(rule), components));
      // Without the environment, which may have broken the rule.
      return new RecordBinder(Environment.EMPTY, parser).bind(new JsonObject(), type, path);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(type + " can't be constructed", e);
    }
  }

  /**
   * Prefixes a rule with the path; one that begins with a setting's name and a colon is about it.
   */
  private static String withPath(String path, String rule, List<SettingComponent> components) {
    if (path.isEmpty()) {
      return rule;
    }
    boolean named = components.stream().anyMatch(one -> rule.startsWith(one.name() + ": "));
    return path + (named ? "." : ": ") + rule;
  }

  private static <R extends Record> Constructor<R> constructor(
      Class<R> type, List<SettingComponent> components) throws NoSuchMethodException {
    Class<?>[] types = components.stream().map(SettingComponent::type).toArray(Class<?>[]::new);
    return type.getDeclaredConstructor(types);
  }
}
