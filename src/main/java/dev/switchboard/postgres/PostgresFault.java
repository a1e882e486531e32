package dev.switchboard.postgres;

import dev.switchboard.config.PostgresConfig;
import dev.switchboard.event.Reason;
import io.vertx.pgclient.PgException;
import java.net.UnknownHostException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.flywaydb.core.api.CoreErrorCode;
import org.flywaydb.core.api.FlywayException;

/** Explains to operators why Postgres can't be reached, used or migrated. */
public final class PostgresFault {
  private final PostgresConfig config;
  private final List<Throwable> causes = new ArrayList<>();
  private final Throwable root;

  private PostgresFault(PostgresConfig config, Throwable failure) {
    this.config = config;
    Throwable cause = failure;
    while (cause.getCause() != null && !causes.contains(cause)) {
      causes.add(cause);
      cause = cause.getCause();
    }
    causes.add(cause);
    root = cause;
  }

  /**
   * Returns why the Postgres of {@code config} can't be used, in one line.
   *
   * @param name how the line names the server
   */
  public static String message(String name, PostgresConfig config, Throwable failure) {
    if (failure instanceof PostgresProblemException) {
      return Reason.of(failure);
    }
    PostgresFault fault = new PostgresFault(config, failure);
    return name + " at " + PostgresAddress.direct(config) + " " + fault.predicate();
  }

  private String predicate() {
    for (Throwable cause : causes) {
      if (cause instanceof FlywayException flyway
          && flyway.getErrorCode() == CoreErrorCode.NON_EMPTY_SCHEMA_WITHOUT_SCHEMA_HISTORY_TABLE) {
        return occupied(config);
      }
    }
    String texts = texts();
    if (causes.stream().anyMatch(cause -> cause instanceof SSLException)) {
      return tls(texts);
    }
    return refused(sqlState(), texts);
  }

  /** The predicate for a schema with other tables. */
  static String occupied(PostgresConfig config) {
    return "has other tables in "
        + (config.schema().isEmpty() ? "the default schema" : "the schema " + config.schema())
        + " of database "
        + config.database()
        + "; set postgres.schema to a schema of Switchboard's own, such as switchboard, which the"
        + " migration creates";
  }

  private String refused(String state, String texts) {
    if (texts.contains("unsupported startup parameter") || texts.contains("prepared statement")) {
      return pooler();
    }
    return switch (state) {
      case "28P01", "28000" ->
          "refuses the user "
              + config.user()
              + " ("
              + rootReason()
              + "); correct postgres.user, postgres.password or postgres.tlsCertificate";
      case "3D000" ->
          "has no database " + config.database() + "; create it or correct postgres.database";
      case "42501" ->
          "denies the user "
              + config.user()
              + " a right ("
              + rootReason()
              + "); grant it, or migrate as the owner of the schema, as the documentation shows in"
              + " operate/postgres";
      case "25006" -> readOnly();
      default -> unknown(state);
    };
  }

  static String readOnly() {
    return "is read-only: it is a standby, or default_transaction_read_only is on; point"
        + " postgres.host to the primary";
  }

  static String pooler() {
    return "is a connection pooler in transaction mode; set postgres.directHost and"
        + " postgres.directPort to the server behind it";
  }

  private String unknown(String state) {
    if (root instanceof UnknownHostException) {
      return "can't be reached: its host name is unknown; correct postgres.host";
    }
    boolean answered = !state.isEmpty() && !state.startsWith("08");
    boolean migrating = causes.stream().anyMatch(cause -> cause instanceof FlywayException);
    return (answered && migrating ? "can't be migrated: " : "can't be reached: ") + rootReason();
  }

  private static String tls(String texts) {
    if (texts.contains("No subject alternative") || texts.contains("No name matching")) {
      return "has a TLS certificate for other names; use a name in the certificate";
    }
    if (texts.contains("certification path") || texts.contains("PKIX")) {
      return "has a TLS certificate that is not trusted; set postgres.tlsCa to the file of its CA";
    }
    return "can't be reached over TLS: " + firstLine(texts);
  }

  private String sqlState() {
    for (int i = causes.size() - 1; i >= 0; i--) {
      if (causes.get(i) instanceof SQLException refused && refused.getSQLState() != null) {
        return refused.getSQLState();
      }
      if (causes.get(i) instanceof PgException refused && refused.getSqlState() != null) {
        return refused.getSqlState();
      }
    }
    return "";
  }

  private String texts() {
    StringBuilder texts = new StringBuilder();
    for (int i = causes.size() - 1; i >= 0; i--) {
      texts.append(Reason.of(causes.get(i))).append('\n');
    }
    return texts.toString();
  }

  private String rootReason() {
    if (root instanceof PgException refused && refused.getErrorMessage() != null) {
      return refused.getErrorMessage();
    }
    return root instanceof TimeoutException ? "it did not answer in time" : firstLine(texts());
  }

  private static String firstLine(String text) {
    return text.lines().findFirst().orElse("no reason given");
  }
}
