package dev.switchboard.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The rights that a node needs in a migrated schema; they are fewer than those of its owner. */
final class Rights {
  private static final List<String> CHANGE = List.of("SELECT", "INSERT", "UPDATE", "DELETE");
  private static final List<String> ADD = List.of("SELECT", "INSERT");
  private static final List<String> READ = List.of("SELECT");

  private static final String MISSING =
      """
      WITH schema AS (
        SELECT oid, nspname FROM pg_namespace
        WHERE nspname = coalesce(nullif(?, ''), current_schema(), 'public')
      )
      SELECT 'USAGE on schema ' || nspname FROM schema
      WHERE NOT has_schema_privilege(oid, 'USAGE')
      UNION ALL
      SELECT r.privilege || ' on ' || r.name
      FROM (VALUES %s) AS r(name, privilege)
      JOIN pg_class c ON c.relname = r.name
      JOIN schema s ON s.oid = c.relnamespace
      WHERE NOT has_table_privilege(c.oid, r.privilege)
      UNION ALL
      SELECT 'EXECUTE on function ' || p.proname
      FROM pg_proc p JOIN schema s ON s.oid = p.pronamespace
      WHERE p.proname IN (%s) AND NOT has_function_privilege(p.oid, 'EXECUTE')\
      """
          .formatted(tableRights(), functions());

  private Rights() {}

  private static String tableRights() {
    return Stream.concat(SchemaNames.TABLES.stream(), Stream.of(Migrations.HISTORY))
        .flatMap(table -> of(table).stream().map(right -> "('" + table + "', '" + right + "')"))
        .collect(Collectors.joining(", "));
  }

  private static List<String> of(String table) {
    return table.equals(Migrations.HISTORY) ? READ : table.equals("webhook_logs") ? ADD : CHANGE;
  }

  private static String functions() {
    return SchemaNames.FUNCTIONS.stream()
        .map(name -> "'" + name + "'")
        .collect(Collectors.joining(", "));
  }

  /** Returns the rights in {@code schema} that the user of the connection lacks. */
  static List<String> missing(Connection connection, String schema) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(MISSING)) {
      statement.setString(1, schema);
      List<String> missing = new ArrayList<>();
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          missing.add(rows.getString(1));
        }
      }
      return missing;
    }
  }
}
