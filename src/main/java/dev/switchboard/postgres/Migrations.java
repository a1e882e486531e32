package dev.switchboard.postgres;

import dev.switchboard.config.PostgresConfig;
import java.sql.SQLException;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.configuration.FluentConfiguration;

/** Migrates the schema to this version; several nodes may do so at the same time. Blocking. */
public final class Migrations {
  static final String HISTORY = "switchboard_schema_history";
  private static final String CANNOT_CONNECT = "08001";
  private static final String STARTING_OR_STOPPING = "57P03";

  private Migrations() {}

  /**
   * Checks the server, applies the missing migrations and checks the rights of the user. If none is
   * missing, a user without rights to change the schema will do.
   *
   * @return the number of migrations applied
   * @throws PostgresProblemException if Postgres can't be reached, used or migrated
   */
  public static int apply(PostgresConfig config) {
    try {
      PostgresPreflight.requireServer(config);
      int applied = flyway(config).migrate().migrationsExecuted;
      PostgresPreflight.requireRights(config);
      return applied;
    } catch (SQLException | FlywayException e) {
      throw new PostgresProblemException(PostgresFault.message("Postgres", config, e), e);
    }
  }

  /** Returns the number of migrations that are not applied yet. */
  static int pending(PostgresConfig config) {
    return flyway(config).info().pending().length;
  }

  private static Flyway flyway(PostgresConfig config) {
    FluentConfiguration flyway =
        Flyway.configure(Migrations.class.getClassLoader())
            .dataSource(
                Jdbc.url(PostgresAddress.direct(config), config),
                config.user(),
                config.password().reveal())
            .jdbcProperties(Jdbc.properties(config))
            .locations("classpath:db/migration")
            .table(HISTORY);
    return (config.schema().isEmpty() ? flyway : flyway.schemas(config.schema())).load();
  }

  /** Whether {@link #apply} failed because no server answers, or it is still starting. */
  public static boolean isUnreachable(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql) {
        String state = String.valueOf(sql.getSQLState());
        return state.equals(CANNOT_CONNECT) || state.equals(STARTING_OR_STOPPING);
      }
    }
    return false;
  }
}
