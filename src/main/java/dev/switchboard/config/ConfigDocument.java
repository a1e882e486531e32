package dev.switchboard.config;

import dev.switchboard.config.binding.ByteSize;
import dev.switchboard.config.binding.Durations;
import dev.switchboard.config.binding.SettingComponent;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Renders the settings for people and editors: the example file with all defaults, the JSON Schema,
 * the tables of the documentation, and the effective configuration of a node. Tests compare the
 * files in the repository with these.
 */
public final class ConfigDocument {
  private ConfigDocument() {}

  /** Returns every setting with its default. */
  public static JsonObject example() {
    return example(SwitchboardConfig.class);
  }

  private static JsonObject example(Class<?> section) {
    JsonObject json = new JsonObject();
    for (SettingComponent component : SettingComponent.of(section)) {
      json.put(
          component.name(),
          component.isSection() ? example(component.type()) : defaultOf(component));
    }
    return json;
  }

  /** Returns the effective configuration in the form of the file; secrets are {@code ***}. */
  public static JsonObject inForce(SwitchboardConfig config) {
    return section(config);
  }

  private static JsonObject section(Record section) {
    JsonObject json = new JsonObject();
    for (SettingComponent component : SettingComponent.of(section.getClass())) {
      json.put(component.name(), written(component.valueIn(section)));
    }
    return json;
  }

  private static Object written(Object value) {
    if (value instanceof Number || value instanceof Boolean) {
      return value;
    }
    if (value instanceof Duration duration) {
      return Durations.format(duration);
    }
    if (value instanceof List<?> list) {
      return new JsonArray(list.stream().map(Object::toString).toList());
    }
    if (value instanceof Map<?, ?> map) {
      JsonObject members = new JsonObject();
      new TreeMap<>(map).forEach((key, one) -> members.put(key.toString(), written(one)));
      return members;
    }
    return value instanceof Record record && SettingComponent.isSection(record.getClass())
        ? section(record)
        : value.toString();
  }

  /** Returns the JSON Schema (2020-12) of the file. */
  public static JsonObject schema() {
    JsonObject schema =
        new JsonObject()
            .put("$schema", "https://json-schema.org/draft/2020-12/schema")
            .put("title", "Switchboard configuration");
    schema.mergeIn(schema(SwitchboardConfig.class));
    schema.getJsonObject("properties").put("$schema", new JsonObject().put("type", "string"));
    return schema;
  }

  private static JsonObject schema(Class<?> section) {
    JsonObject properties = new JsonObject();
    for (SettingComponent component : SettingComponent.of(section)) {
      JsonObject property = component.isSection() ? schema(component.type()) : leaf(component);
      property.put("description", component.setting().about());
      properties.put(component.name(), property);
    }
    return new JsonObject()
        .put("type", "object")
        .put("additionalProperties", false)
        .put("properties", properties);
  }

  private static JsonObject leaf(SettingComponent component) {
    Class<?> type = component.type();
    JsonObject leaf = new JsonObject().put("type", jsonType(type));
    if (type == int.class || type == long.class) {
      leaf.put("minimum", component.min());
      if (component.max() != Long.MAX_VALUE) {
        leaf.put("maximum", component.max());
      }
    } else if (type == List.class) {
      leaf.put("items", new JsonObject().put("type", "string"));
    } else if (type.isEnum()) {
      leaf.put(
          "enum",
          new JsonArray(Arrays.stream(type.getEnumConstants()).map(Object::toString).toList()));
    } else if (type == Duration.class) {
      leaf.put("pattern", "^\\d+(ms|s|m|h|d)$");
    } else if (type == ByteSize.class) {
      leaf.put("pattern", "^\\d+(B|KiB|MiB|GiB)?$");
    }
    return leaf.put("default", defaultOf(component));
  }

  private static String jsonType(Class<?> type) {
    if (type == int.class || type == long.class) {
      return "integer";
    }
    if (type == boolean.class) {
      return "boolean";
    }
    if (type == List.class) {
      return "array";
    }
    return type == Map.class ? "object" : "string";
  }

  private static Object defaultOf(SettingComponent component) {
    Class<?> type = component.type();
    String def = component.setting().def();
    if (type == int.class || type == long.class) {
      return Long.parseLong(def);
    }
    if (type == boolean.class) {
      return Boolean.parseBoolean(def);
    }
    if (type == List.class) {
      return new JsonArray(def.isEmpty() ? List.of() : List.of(def.split(",")));
    }
    if (type == Map.class) {
      return new JsonObject(def);
    }
    return def;
  }

  /**
   * Returns for every section, such as {@code http}, a Markdown table with a row per setting: path,
   * default, meaning.
   */
  public static Map<String, String> markdownTables() {
    Map<String, String> tables = new LinkedHashMap<>();
    for (SettingComponent section : SettingComponent.of(SwitchboardConfig.class)) {
      StringBuilder table = new StringBuilder("| setting | default | meaning |\n|---|---|---|\n");
      appendRows(table, section.type(), section.name() + ".");
      tables.put(section.name(), table.toString());
    }
    return tables;
  }

  private static void appendRows(StringBuilder table, Class<?> section, String path) {
    for (SettingComponent component : SettingComponent.of(section)) {
      String key = path + component.name();
      if (component.isSection()) {
        appendRows(table, component.type(), key + ".");
      } else {
        String def = component.setting().def();
        String shown = def.isEmpty() ? "" : "`" + def + "`";
        table.append("| `").append(key).append("` | ").append(shown).append(" | ");
        table.append(component.setting().about().replace("|", "\\|")).append(" |\n");
      }
    }
  }
}
