package dev.switchboard.postgres;

import dev.switchboard.config.PostgresConfig;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxException;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgException;
import io.vertx.pgclient.SslMode;
import io.vertx.pgclient.pubsub.PgSubscriber;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The node's pool of connections to Postgres. Usable from every event loop. Each call ends within
 * {@code postgres.timeout}; once {@code postgres.maxWaiting} statements wait, more fail at once.
 */
public final class Database {
  private static final String PLAN_CHANGED = "0A000";
  private static final String CONNECTION_EXCEPTION = "08";
  private static final String OPERATOR_INTERVENTION = "57";
  private static final String DATA_EXCEPTION = "22";
  private static final String UNIQUE_VIOLATION = "23505";

  private final Vertx vertx;
  private final PgConnectOptions connect;
  private final Pool pool;
  private final long timeoutMillis;

  /** Opens no connection yet. */
  public Database(Vertx vertx, PostgresConfig config) {
    this.vertx = vertx;
    this.timeoutMillis = config.timeout().toMillis();
    this.connect = connectOptions(config);
    PoolOptions options =
        new PoolOptions()
            .setMaxSize(config.poolSize())
            .setMaxWaitQueueSize(config.maxWaiting())
            .setConnectionTimeout(Math.toIntExact(timeoutMillis))
            .setConnectionTimeoutUnit(TimeUnit.MILLISECONDS);
    this.pool = PgBuilder.pool().with(options).connectingTo(connect).using(vertx).build();
  }

  private static PgConnectOptions connectOptions(PostgresConfig config) {
    PostgresAddress address = PostgresAddress.of(config);
    PgConnectOptions options =
        new PgConnectOptions()
            .setHost(address.host())
            .setPort(address.port())
            .setDatabase(config.database())
            .setUser(config.user())
            .setPassword(config.password().reveal())
            .setCachePreparedStatements(true)
            .setPipeliningLimit(64)
            .addProperty("application_name", "switchboard");
    SslMode mode = SslMode.of(config.tls());
    options.setSslMode(mode);
    if (mode != SslMode.DISABLE) {
      ClientSSLOptions tls = new ClientSSLOptions().setTrustAll(mode == SslMode.REQUIRE);
      tls.setHostnameVerificationAlgorithm(mode == SslMode.VERIFY_FULL ? "HTTPS" : "");
      options.setSslOptions(tls);
    }
    return options;
  }

  /**
   * Returns whether a statement failed because the server was unreachable, so that it may succeed
   * later: no connection, no answer in time, or a server that starts or stops.
   */
  public static boolean isUnreachable(Throwable failure) {
    if (failure instanceof PgException refused) {
      String state = String.valueOf(refused.getSqlState());
      return state.startsWith(CONNECTION_EXCEPTION) || state.startsWith(OPERATOR_INTERVENTION);
    }
    return failure instanceof IOException
        || failure instanceof TimeoutException
        || failure instanceof VertxException;
  }

  /** Returns whether a statement failed because a value in it can't be stored. */
  public static boolean isUnstorable(Throwable failure) {
    return failure instanceof PgException refused
        && String.valueOf(refused.getSqlState()).startsWith(DATA_EXCEPTION);
  }

  /** Returns whether a statement failed because a row with the same key exists. */
  public static boolean isTaken(Throwable failure) {
    return failure instanceof PgException refused && UNIQUE_VIOLATION.equals(refused.getSqlState());
  }

  /**
   * Inserts a row whose id comes from the sequence of {@code table}. Plain SQL may have inserted
   * rows with ids of its own: if one is in the way, the sequence goes on behind the greatest id.
   */
  public Future<RowSet<Row>> insert(String table, String sql, Tuple parameters) {
    return query(sql, parameters)
        .recover(
            failure ->
                isTaken(failure)
                    ? skipTakenIds(table).compose(skipped -> query(sql, parameters))
                    : Future.failedFuture(failure));
  }

  private Future<?> skipTakenIds(String table) {
    String sequence = "pg_get_serial_sequence('" + table + "', 'id')";
    return query(
        "SELECT setval("
            + sequence
            + ", greatest(max(id), nextval("
            + sequence
            + "))) FROM "
            + table);
  }

  /** Runs one prepared statement. */
  public Future<RowSet<Row>> query(String sql, Tuple parameters) {
    return once(sql, parameters)
        .recover(
            failure -> planChanged(failure) ? once(sql, parameters) : Future.failedFuture(failure));
  }

  /** Runs one prepared statement without parameters. */
  public Future<RowSet<Row>> query(String sql) {
    return query(sql, Tuple.tuple());
  }

  /** Runs several statements without parameters in one transaction, for definitions of tables. */
  public Future<?> script(String statements) {
    return pool.query(statements).execute().timeout(timeoutMillis, TimeUnit.MILLISECONDS);
  }

  private Future<RowSet<Row>> once(String sql, Tuple parameters) {
    return pool.preparedQuery(sql)
        .execute(parameters)
        .timeout(timeoutMillis, TimeUnit.MILLISECONDS);
  }

  /** Another node's migration changed a table: preparing the statement again succeeds. */
  private static boolean planChanged(Throwable failure) {
    return failure instanceof PgException pg
        && PLAN_CHANGED.equals(pg.getSqlState())
        && String.valueOf(pg.getErrorMessage()).contains("cached plan");
  }

  /** Returns a subscriber to notifications, with its own connection that reconnects by itself. */
  public PgSubscriber subscriber() {
    return PgSubscriber.subscriber(vertx, connect)
        .reconnectPolicy(retries -> Math.min(2_000L, 100L * (retries + 1)));
  }

  /** Closes every connection. */
  public Future<Void> close() {
    return pool.close();
  }
}
