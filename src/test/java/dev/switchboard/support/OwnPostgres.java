package dev.switchboard.support;

import io.vertx.core.json.JsonObject;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A Postgres of one test, for what the shared server can't be: behind TLS, or a standby. */
public final class OwnPostgres implements AutoCloseable {
  private final EmbeddedPostgres server;

  private OwnPostgres(EmbeddedPostgres server) {
    this.server = server;
  }

  /** Starts one with its data in {@code data}, which may hold that of a stopped one. */
  public static OwnPostgres start(Path data, Map<String, String> settings) {
    return start(data, TestRedis.freePort(), settings);
  }

  /** The same on that port. */
  public static OwnPostgres start(Path data, int port, Map<String, String> settings) {
    EmbeddedPostgres.Builder builder =
        TestPostgres.embedded()
            .setDataDirectory(data)
            .setCleanDataDirectory(false)
            .setPort(port)
            .setPGStartupWait(Duration.ofSeconds(60));
    settings.forEach(builder::setServerConfig);
    try {
      return new OwnPostgres(builder.start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The same with TLS; the role {@code certified} must show a certificate of the authority. */
  public static OwnPostgres startWithTls(Path directory, TestCertificates certificates) {
    try {
      Path key = directory.toAbsolutePath().resolve("server.key");
      Files.write(key, Files.readAllBytes(Path.of(certificates.file("server.key"))));
      Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
      Path rules =
          Files.write(
              directory.toAbsolutePath().resolve("rules.conf"),
              List.of(
                  "hostssl all certified 127.0.0.1/32 trust clientcert=verify-ca",
                  "hostssl all encrypted 127.0.0.1/32 trust",
                  "host all postgres 127.0.0.1/32 trust"));
      return start(
          directory.resolve("data"),
          Map.of(
              "ssl", "on",
              "ssl_cert_file", absolute(certificates.file("server.crt")),
              "ssl_key_file", key.toString(),
              "ssl_ca_file", absolute(certificates.file("ca.crt")),
              "hba_file", rules.toString()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The server resolves names of files in its data directory. */
  private static String absolute(String file) {
    return Path.of(file).toAbsolutePath().toString();
  }

  /** Runs statements as the superuser. */
  public void execute(String sql) {
    try (Connection connection = server.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      boolean unused = statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
  }

  /** The rows of a query, each as its columns' texts. */
  public List<List<@Nullable String>> query(String sql) {
    try (Connection connection = server.getPostgresDatabase().getConnection();
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

  /** The port it listens on. */
  public int port() {
    return server.getPort();
  }

  /** The {@code postgres} section of a node's configuration. */
  public JsonObject section(String user) {
    return new JsonObject()
        .put("mode", "server")
        .put("host", "127.0.0.1")
        .put("port", server.getPort())
        .put("user", user)
        .put("database", "postgres");
  }

  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
