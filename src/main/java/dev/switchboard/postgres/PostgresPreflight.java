package dev.switchboard.postgres;

import dev.switchboard.config.PostgresConfig;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.postgresql.PGConnection;

/**
 * Finds out before the first statement whether Postgres can be used: the server, the connection
 * pooler in front of it, the schema and the rights of the user. Blocking.
 */
public final class PostgresPreflight {
  private static final String FACTS =
      """
      SELECT current_setting('server_encoding') AS encoding,
             current_setting('transaction_read_only') = 'on' AS read_only,
             s.name AS schema, n.oid IS NOT NULL AS exists,
             coalesce(has_schema_privilege(n.oid, 'CREATE'),
                      has_database_privilege(current_database(), 'CREATE')) AS may_create,
             EXISTS (SELECT FROM pg_class c
                     WHERE c.relnamespace = n.oid AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
                       AND NOT EXISTS (SELECT FROM pg_depend d
                                       WHERE d.objid = c.oid AND d.deptype = 'e')) AS occupied,
             EXISTS (SELECT FROM pg_class c
                     WHERE c.relnamespace = n.oid AND c.relname = ?) AS migrated
      FROM (SELECT coalesce(nullif(?, ''), current_schema(), 'public') AS name) s
      LEFT JOIN pg_namespace n ON n.nspname = s.name\
      """;

  private final PostgresConfig config;
  private final PostgresAddress direct;

  private PostgresPreflight(PostgresConfig config) {
    this.config = config;
    this.direct = PostgresAddress.direct(config);
  }

  private record Facts(
      String encoding,
      boolean readOnly,
      String schema,
      boolean exists,
      boolean mayCreate,
      boolean occupied,
      boolean migrated) {}

  /**
   * Checks the server and any connection pooler in front of it.
   *
   * @throws PostgresProblemException with the first problem found
   */
  static void requireServer(PostgresConfig config) throws SQLException {
    PostgresPreflight preflight = new PostgresPreflight(config);
    preflight.requireNoPooler();
    try (Connection connection = Jdbc.open(preflight.direct, config)) {
      List<String> problems = preflight.problemsOf(preflight.facts(connection));
      if (!problems.isEmpty()) {
        throw new PostgresProblemException(problems.get(0));
      }
    }
  }

  /**
   * Checks that the user has the rights that a node needs in a migrated schema.
   *
   * @throws PostgresProblemException with all that are missing
   */
  static void requireRights(PostgresConfig config) throws SQLException {
    PostgresPreflight preflight = new PostgresPreflight(config);
    try (Connection connection = Jdbc.open(preflight.direct, config)) {
      List<String> problems = preflight.missingRights(connection);
      if (!problems.isEmpty()) {
        throw new PostgresProblemException(problems.get(0));
      }
    }
  }

  /** Returns what prevents a node from using Postgres, one line each; changes nothing. */
  public static List<String> problems(PostgresConfig config) {
    PostgresPreflight preflight = new PostgresPreflight(config);
    try {
      preflight.requireNoPooler();
      return preflight.examine();
    } catch (SQLException | RuntimeException e) {
      return List.of(PostgresFault.message("Postgres", config, e));
    }
  }

  private List<String> examine() throws SQLException {
    try (Connection connection = Jdbc.open(direct, config)) {
      Facts facts = facts(connection);
      List<String> problems = new ArrayList<>(problemsOf(facts));
      if (facts.migrated() && Migrations.pending(config) == 0) {
        problems.addAll(missingRights(connection));
      } else if (!facts.migrated() && facts.occupied()) {
        problems.add(problem(PostgresFault.occupied(config)));
      } else if (!facts.mayCreate()) {
        problems.add(problem(mayNotMigrate(facts)));
      }
      return problems;
    }
  }

  private String mayNotMigrate(Facts facts) {
    String action =
        facts.exists()
            ? " create tables in the schema " + facts.schema()
            : " create the schema " + facts.schema();
    return "does not let the user "
        + config.user()
        + action
        + ", and migrations are pending; run migrate as the owner";
  }

  private List<String> problemsOf(Facts facts) {
    List<String> problems = new ArrayList<>();
    if (!facts.encoding().equals("UTF8")) {
      problems.add(
          problem(
              "stores the database "
                  + config.database()
                  + " in "
                  + facts.encoding()
                  + ", which can't hold every event; create one with ENCODING 'UTF8'"));
    }
    if (facts.readOnly()) {
      problems.add(problem(PostgresFault.readOnly()));
    }
    return problems;
  }

  private String problem(String predicate) {
    return "Postgres at " + direct + " " + predicate;
  }

  private Facts facts(Connection connection) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(FACTS)) {
      statement.setString(1, Migrations.HISTORY);
      statement.setString(2, config.schema());
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return new Facts(
            row.getString("encoding"),
            row.getBoolean("read_only"),
            row.getString("schema"),
            row.getBoolean("exists"),
            row.getBoolean("may_create"),
            row.getBoolean("occupied"),
            row.getBoolean("migrated"));
      }
    }
  }

  private List<String> missingRights(Connection connection) throws SQLException {
    List<String> missing = Rights.missing(connection, config.schema());
    return missing.isEmpty()
        ? List.of()
        : List.of(
            problem(
                "does not grant the user "
                    + config.user()
                    + " "
                    + String.join(", ", missing)
                    + "; grant what the documentation lists in operate/postgres"));
  }

  /**
   * Two connections that are open at the same time and have the same backend prove that a pooler
   * gives each transaction another backend.
   */
  private void requireNoPooler() throws SQLException {
    if (config.isPooled()) {
      return;
    }
    PostgresAddress address = PostgresAddress.of(config);
    try (Connection first = Jdbc.open(address, config)) {
      int backend = backend(first);
      if (first.unwrap(PGConnection.class).getBackendPID() == backend) {
        return;
      }
      try (Connection second = Jdbc.open(address, config)) {
        if (backend(second) == backend) {
          throw new PostgresProblemException(
              "Postgres at " + address + " " + PostgresFault.pooler());
        }
      }
    }
  }

  private static int backend(Connection connection) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement("SELECT pg_backend_pid()");
        ResultSet row = statement.executeQuery()) {
      row.next();
      return row.getInt(1);
    }
  }
}
