package dev.switchboard.postgres;

import dev.switchboard.config.PostgresConfig;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgBuilder;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import io.vertx.sqlclient.SqlConnection;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * A pool whose connections can all be replaced, because those to a server that is no longer the
 * primary stay open and refuse every write. Usable from every event loop.
 */
final class RenewablePool {
  private static final long MIN_NANOS_BETWEEN = TimeUnit.SECONDS.toNanos(1);

  /**
   * How statements are planned. A plan that Postgres kept from the time when a queue was empty
   * would read a full one from end to end, until its statistics are next collected. And to estimate
   * a merge join, which no statement needs, it would look for the smallest id of the queue among
   * the index entries of all deliveries that ended since the last vacuum.
   */
  private static final String SETTINGS =
      "SET plan_cache_mode = force_custom_plan; SET enable_mergejoin = off";

  private final Vertx vertx;
  private final PostgresConfig config;

  /** A pool made on a verticle's context would be closed with the verticle. */
  private final Context home;

  private final Set<Pool> retired = ConcurrentHashMap.newKeySet();
  private Generation generation;
  private boolean closed;

  private record Generation(Pool pool, long since) {}

  /** Opens no connection yet. */
  RenewablePool(Vertx vertx, PostgresConfig config) {
    this.vertx = vertx;
    this.config = config;
    this.home = vertx.getOrCreateContext();
    this.generation = new Generation(open(), System.nanoTime());
  }

  private Pool open() {
    int timeoutMillis = Math.toIntExact(config.timeout().toMillis());
    PoolOptions options =
        new PoolOptions()
            .setMaxSize(config.poolSize())
            .setMaxWaitQueueSize(config.maxWaiting())
            .setConnectionTimeout(timeoutMillis)
            .setConnectionTimeoutUnit(TimeUnit.MILLISECONDS);
    return PgBuilder.pool()
        .with(options)
        .connectingTo(ConnectionOptions.forStatements(config))
        .withConnectHandler(this::connected)
        .using(vertx)
        .build();
  }

  /** Hands a new connection to the pool. Poolers are left alone: they pass on no settings. */
  private void connected(SqlConnection connection) {
    if (config.isPooled()) {
      Future<Void> unused = connection.close();
    } else {
      Future<Void> unused =
          connection
              .query(SETTINGS)
              .execute()
              .timeout(config.timeout().toMillis(), TimeUnit.MILLISECONDS)
              .eventually(() -> connection.close())
              .mapEmpty();
    }
  }

  /** The pool to use for the next statement. */
  synchronized Pool current() {
    return generation.pool();
  }

  /** Makes later statements use new connections; at most once a second. */
  void renew() {
    home.runOnContext(go -> renewNow());
  }

  private synchronized void renewNow() {
    long now = System.nanoTime();
    if (closed || now - generation.since() < MIN_NANOS_BETWEEN) {
      return;
    }
    Pool old = generation.pool();
    generation = new Generation(open(), now);
    retired.add(old);
    // By then, every statement in flight has ended or timed out.
    Future<Void> unused =
        vertx
            .timer(2 * config.timeout().toMillis() + 1, TimeUnit.MILLISECONDS)
            .compose(over -> old.close())
            .onComplete(done -> retired.remove(old));
  }

  /** Closes every connection. */
  synchronized Future<Void> close() {
    closed = true;
    retired.forEach(
        old -> {
          Future<Void> unused = old.close();
        });
    return generation.pool().close();
  }
}
