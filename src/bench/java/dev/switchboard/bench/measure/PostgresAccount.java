package dev.switchboard.bench.measure;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Statistics of the node's Postgres; every value is NaN when its address is not known. */
public final class PostgresAccount implements AutoCloseable {
  /** Backends report their counts at most once per second. */
  private static final long UNTIL_COUNTED_MILLIS = 2_500;

  private final @Nullable Connection connection;
  private long own;

  /**
   * @param address {@code host:port}, empty when it is not known; user, password and database are
   *     those of embedded mode
   */
  public PostgresAccount(String address) {
    try {
      connection =
          address.isEmpty()
              ? null
              : DriverManager.getConnection(
                  "jdbc:postgresql://" + address + "/switchboard", "switchboard", "switchboard");
    } catch (SQLException e) {
      throw new IllegalStateException("Postgres at " + address + " can't be reached", e);
    }
  }

  /** Statements so far, without ours: each of the node's is a transaction of its own. */
  public double statements() throws InterruptedException {
    TimeUnit.MILLISECONDS.sleep(UNTIL_COUNTED_MILLIS);
    return number(
            "SELECT xact_commit + xact_rollback FROM pg_stat_database"
                + " WHERE datname = current_database()")
        - own;
  }

  /** Attempts in the log. */
  public double logged() {
    return number("SELECT count(*) FROM webhook_logs");
  }

  /** Deliveries that wait or are in flight. */
  public double owed() {
    return number("SELECT count(*) FROM webhook_deliveries");
  }

  /** CPU of all its processes, in microseconds. */
  public static double cpuMicros(long postmaster) {
    return ProcessAccount.ofFamily(postmaster);
  }

  private double number(String query) {
    if (connection == null) {
      return Double.NaN;
    }
    own++;
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(query)) {
      if (!result.next()) {
        throw new IllegalStateException("no row: " + query);
      }
      return result.getDouble(1);
    } catch (SQLException e) {
      throw new IllegalStateException(query, e);
    }
  }

  @Override
  public void close() {
    if (connection != null) {
      try {
        connection.close();
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
