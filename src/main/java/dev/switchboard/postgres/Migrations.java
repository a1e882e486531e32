package dev.switchboard.postgres;

import dev.switchboard.config.PostgresConfig;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.output.MigrateResult;

/** Migrates the schema to this version; several nodes may do so at the same time. Blocking. */
public final class Migrations {
  private static final String CONNECTION_EXCEPTION = "08";
  private static final String CANNOT_CONNECT_NOW = "57P03";

  private Migrations() {}

  /**
   * Applies the missing migrations.
   *
   * @return the number of migrations applied
   */
  public static int apply(PostgresConfig config) {
    Properties driver = new Properties();
    driver.setProperty("connectTimeout", Long.toString(Math.max(1, config.timeout().toSeconds())));
    driver.setProperty("sslmode", config.tls());
    PostgresAddress address = PostgresAddress.of(config);
    MigrateResult result =
        Flyway.configure(Migrations.class.getClassLoader())
            .dataSource(
                "jdbc:postgresql://"
                    + address.host()
                    + ":"
                    + address.port()
                    + "/"
                    + config.database(),
                config.user(),
                config.password().reveal())
            .jdbcProperties(asMap(driver))
            .locations("classpath:db/migration")
            .table("switchboard_schema_history")
            .load()
            .migrate();
    return result.migrationsExecuted;
  }

  /** Whether {@link #apply} failed because no server answers, or it is still starting. */
  public static boolean isUnreachable(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql) {
        String state = String.valueOf(sql.getSQLState());
        return state.startsWith(CONNECTION_EXCEPTION) || state.equals(CANNOT_CONNECT_NOW);
      }
    }
    return false;
  }

  /** Returns {@code host:port} of the configured server, for messages. */
  public static String address(PostgresConfig config) {
    PostgresAddress address = PostgresAddress.of(config);
    return address.host() + ":" + address.port();
  }

  private static Map<String, String> asMap(Properties properties) {
    Map<String, String> map = new HashMap<>();
    properties.forEach((key, value) -> map.put(key.toString(), value.toString()));
    return map;
  }
}
