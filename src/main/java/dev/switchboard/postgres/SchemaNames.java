package dev.switchboard.postgres;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/**
 * Puts the configured schema in front of the names of tables and functions in statements. The
 * alternative, a search path, would be lost behind a pooler that gives each transaction another
 * connection. Usable from every thread.
 */
final class SchemaNames {
  /** Every table that the migrations create, but for their own. */
  static final List<String> TABLES =
      List.of(
          "webhooks",
          "webhook_logs",
          "webhook_deliveries",
          "webhook_health",
          "webhook_rates",
          "webhook_breakers",
          "accepted_events",
          "api_keys",
          "api_key_uses",
          "widget_keys");

  /** The functions that statements call. */
  static final List<String> FUNCTIONS =
      List.of("create_webhook_logs_partition", "drop_webhook_logs_partition");

  private static final Pattern NAME =
      Pattern.compile(
          "\\b(FROM|JOIN|INTO|UPDATE|USING|ONLY|SELECT)(\\s+)("
              + String.join("|", all())
              + ")\\b(?!\\s*\\.)");
  private static final Pattern CLASS = Pattern.compile("'(\\w+)'::regclass");

  private final String schema;
  private final Map<String, String> qualified = new ConcurrentHashMap<>();

  /** Leaves names as they are if {@code schema} is empty. */
  SchemaNames(String schema) {
    this.schema = schema;
  }

  private static List<String> all() {
    List<String> all = new ArrayList<>(TABLES);
    all.addAll(FUNCTIONS);
    return all;
  }

  /** Returns {@code statement}, a constant, with qualified names. */
  String qualify(String statement) {
    return schema.isEmpty() ? statement : qualified.computeIfAbsent(statement, this::replace);
  }

  private String replace(String statement) {
    String tables = NAME.matcher(statement).replaceAll("$1$2\"" + schema + "\".$3");
    return CLASS.matcher(tables).replaceAll("'\"" + schema + "\".$1'::regclass");
  }
}
