package dev.switchboard.postgres;

import dev.switchboard.config.PostgresConfig;
import dev.switchboard.time.StoreCalls;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxException;
import io.vertx.pgclient.PgException;
import io.vertx.pgclient.pubsub.PgSubscriber;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The node's pool of connections to Postgres. Usable from every event loop. Each call ends within
 * {@code postgres.timeout}; once {@code postgres.maxWaiting} statements wait, more fail at once.
 */
public final class Database {
  private static final String PLAN_CHANGED = "0A000";
  private static final String READ_ONLY = "25006";

  /** Connection lost, resources exhausted, server stops or starts, failure of its system. */
  private static final List<String> UNAVAILABLE = List.of("08", "53", "57", "58", READ_ONLY);

  /** Transaction rolled back for another's sake; lock not available. */
  private static final List<String> CONFLICT = List.of("40", "55P03");

  private static final String IS_READ_ONLY =
      "SELECT current_setting('transaction_read_only') = 'on' AS read_only";
  private static final String DATA_EXCEPTION = "22";
  private static final String UNIQUE_VIOLATION = "23505";

  private final Vertx vertx;
  private final PostgresConfig config;
  private final SchemaNames names;
  private final RenewablePool pool;
  private final long timeoutMillis;
  private final StoreCalls calls;

  /** Opens no connection yet; without metrics. */
  public Database(Vertx vertx, PostgresConfig config) {
    this(vertx, config, new CompositeMeterRegistry());
  }

  /** Opens no connection yet. */
  public Database(Vertx vertx, PostgresConfig config, MeterRegistry metrics) {
    this.vertx = vertx;
    this.config = config;
    this.names = new SchemaNames(config.schema());
    this.timeoutMillis = config.timeout().toMillis();
    this.pool = new RenewablePool(vertx, config);
    this.calls = new StoreCalls("postgres", metrics);
  }

  /**
   * Returns whether a statement failed because the server was unavailable, so that it may succeed
   * later: no connection, no answer in time, a server that starts or stops, lacks resources, or
   * takes no writes because another is the primary now.
   */
  public static boolean isUnreachable(Throwable failure) {
    if (failure instanceof PgException refused) {
      return hasState(refused, UNAVAILABLE);
    }
    return failure instanceof IOException
        || failure instanceof TimeoutException
        || failure instanceof VertxException;
  }

  /**
   * Returns whether the same statement may succeed later: the server was unavailable, or another
   * transaction was in the way.
   */
  public static boolean isTransient(Throwable failure) {
    return isUnreachable(failure)
        || (failure instanceof PgException refused && hasState(refused, CONFLICT));
  }

  private static boolean hasState(PgException refused, List<String> prefixes) {
    String state = String.valueOf(refused.getSqlState());
    return prefixes.stream().anyMatch(state::startsWith);
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
   * rows with ids of its own: if one is in the way, the sequence continues behind the greatest id.
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
    String sequence = "pg_get_serial_sequence('" + table + "'::regclass::text, 'id')";
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

  /** Returns what is wrong with a server that answers: it takes no writes. */
  public Future<Optional<String>> problem() {
    return query(IS_READ_ONLY)
        .map(
            rows -> {
              boolean readOnly = rows.iterator().next().getBoolean("read_only");
              if (readOnly) {
                // Behind an address that moved to another primary, only new connections reach it.
                pool.renew();
              }
              return readOnly
                  ? Optional.of(
                      "Postgres at " + PostgresAddress.of(config) + " " + PostgresFault.readOnly())
                  : Optional.empty();
            });
  }

  private Future<RowSet<Row>> once(String sql, Tuple parameters) {
    long started = System.nanoTime();
    return pool.current()
        .preparedQuery(names.qualify(sql))
        .execute(parameters)
        .timeout(timeoutMillis, TimeUnit.MILLISECONDS)
        .onComplete(answered -> calls.answered(started))
        .onFailure(
            failure -> {
              count(failure);
              if (failure instanceof PgException refused
                  && READ_ONLY.equals(refused.getSqlState())) {
                pool.renew();
              }
            });
  }

  /** A row that exists already is an answer, and a changed plan is repaired by the caller. */
  private void count(Throwable failure) {
    if (isUnreachable(failure)) {
      calls.unreachable();
    } else if (!isTaken(failure) && !planChanged(failure)) {
      calls.refused();
    }
  }

  /** Another node's migration changed a table: preparing the statement again succeeds. */
  private static boolean planChanged(Throwable failure) {
    return failure instanceof PgException pg
        && PLAN_CHANGED.equals(pg.getSqlState())
        && String.valueOf(pg.getErrorMessage()).contains("cached plan");
  }

  /** Returns a subscriber to notifications, with its own connection that reconnects by itself. */
  public PgSubscriber subscriber() {
    return PgSubscriber.subscriber(vertx, ConnectionOptions.forNotifications(config))
        .reconnectPolicy(retries -> Math.min(2_000L, 100L * (retries + 1)));
  }

  /** Closes every connection. */
  public Future<Void> close() {
    return pool.close();
  }
}
