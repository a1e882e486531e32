package dev.switchboard.node;

import dev.switchboard.config.PostgresConfig;
import dev.switchboard.config.RedisConfig;
import dev.switchboard.config.SwitchboardConfig;
import dev.switchboard.embedded.EmbeddedPostgresServer;
import dev.switchboard.embedded.EmbeddedRedis;
import dev.switchboard.embedded.RedisRun;
import dev.switchboard.event.Reason;
import dev.switchboard.postgres.Migrations;
import dev.switchboard.redis.RedisCommands;
import dev.switchboard.redis.RunContinuity;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes Redis and Postgres usable: starts them if they are embedded, waits until they answer, and
 * migrates the schema of Postgres.
 */
final class StoreStartup {
  private static final Logger log = LoggerFactory.getLogger(StoreStartup.class);

  private final SwitchboardConfig config;
  private final SharedComponents shared;
  private final ShutdownSequence shutdown;
  private volatile Future<Integer> migrating = Future.succeededFuture(0);

  StoreStartup(SharedComponents shared, ShutdownSequence shutdown) {
    this.config = shared.config;
    this.shared = shared;
    this.shutdown = shutdown;
  }

  /** Succeeds when Redis answers; fails with {@link StoreException}. */
  Future<?> redis() {
    return config.redis().mode() == RedisConfig.Mode.embedded
        ? startRedis().compose(started -> reachRedis().compose(reached -> continueLogs(started)))
        : reachRedis();
  }

  private Future<EmbeddedRedis> startRedis() {
    Path data = Path.of(config.node().dataDirectory());
    return startEmbedded("embedded redis", () -> EmbeddedRedis.start(data, config.redis()))
        .onSuccess(started -> shared.redis.signIn(started.password()));
  }

  /** Before any log is used: after an orderly stop the logs continue in their epochs. */
  private Future<?> continueLogs(EmbeddedRedis started) {
    RedisRun ended = started.continued();
    RedisCommands commands = shared.redis.commands();
    return new RunContinuity(commands)
        .begin(ended == null ? null : ended.runId(), ended == null ? null : ended.replicationId())
        .eventually(commands::close);
  }

  private Future<?> reachRedis() {
    return StartupRetry.whileUnreachable(
            shared.vertx,
            failure -> !isStopping() && StoreException.mayBeStarting(failure),
            config.node().storesTimeout(),
            failure -> logWaiting(StoreException.redis(shared.redis.address(), failure)))
        .run(this::examineRedis)
        .onSuccess(warnings -> warnings.forEach(log::warn))
        .onSuccess(reached -> shared.health.storeUp("redis"))
        .recover(
            failure -> Future.failedFuture(StoreException.redis(shared.redis.address(), failure)));
  }

  /** Succeeds when Postgres has the schema of this version; fails with {@link StoreException}. */
  Future<?> postgres() {
    return config.postgres().mode() == PostgresConfig.Mode.embedded
        ? startPostgres().compose(started -> migrate())
        : migrate();
  }

  private Future<?> startPostgres() {
    Path data = Path.of(config.node().dataDirectory());
    return startEmbedded(
        "embedded postgres", () -> EmbeddedPostgresServer.start(data, config.postgres()));
  }

  private Future<?> migrate() {
    shutdown.add("migration", () -> migrating.otherwiseEmpty());
    return StartupRetry.whileUnreachable(
            shared.vertx,
            failure -> !isStopping() && Migrations.isUnreachable(failure),
            config.node().storesTimeout(),
            failure -> logWaiting(StoreException.postgres("Postgres", config.postgres(), failure)))
        .run(this::migrateOnce)
        .onSuccess(applied -> shared.health.storeUp("postgres"))
        .recover(
            failure ->
                Future.failedFuture(
                    StoreException.postgres("Postgres", config.postgres(), failure)));
  }

  private boolean isStopping() {
    return shared.health.isDraining();
  }

  private Future<List<String>> examineRedis() {
    return isStopping() ? stopped() : shared.redis.examine();
  }

  private static <T> Future<T> stopped() {
    return Future.failedFuture("the node was stopped while it waited for its stores");
  }

  /** The shutdown waits for it: a thread can't report to an event loop that has ended. */
  private Future<Integer> migrateOnce() {
    if (isStopping()) {
      return stopped();
    }
    Future<Integer> migrated = blocking(() -> Migrations.apply(config.postgres()));
    migrating = migrated;
    return migrated;
  }

  private void logWaiting(StoreException reason) {
    log.atWarn()
        .addKeyValue("reason", Reason.of(reason))
        .addKeyValue("timeout", config.node().storesTimeout())
        .log("Waiting for a store, up to node.storesTimeout");
  }

  private <T extends AutoCloseable> Future<T> startEmbedded(String name, Callable<T> start) {
    Future<T> starting = blocking(start);
    shutdown.addWhenStarted(name, starting, server -> blocking(() -> close(server)));
    return starting;
  }

  private <T> Future<T> blocking(Callable<T> action) {
    return shared.vertx.executeBlocking(action, false);
  }

  private static boolean close(AutoCloseable server) throws Exception {
    server.close();
    return true;
  }
}
