package dev.switchboard.cli;

import dev.switchboard.config.PostgresConfig;
import dev.switchboard.config.SwitchboardConfig;
import dev.switchboard.node.StoreStartup;
import dev.switchboard.ops.LogOutput;
import dev.switchboard.postgres.Database;
import dev.switchboard.postgres.Migrations;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.concurrent.ExecutionException;
import java.util.function.BiFunction;
import java.util.function.Function;

/** Runs one asynchronous piece of work for a sub-command and waits for it on the main thread. */
final class OneShot {
  private OneShot() {}

  static <T> T withDatabase(SwitchboardConfig config, Function<Database, Future<T>> work)
      throws Exception {
    return withVertx(
        config,
        (vertx, loaded) -> {
          Database database = new Database(vertx, loaded.postgres());
          return reached(database, loaded.postgres())
              .compose(there -> work.apply(database))
              .eventually(database::close);
        });
  }

  private static Future<?> reached(Database database, PostgresConfig config) {
    boolean embedded = config.mode() == PostgresConfig.Mode.embedded;
    return database
        .query("SELECT 1")
        .recover(
            failure ->
                Future.failedFuture(
                    new StoreStartup.UnreachableException(
                        embedded ? "the Postgres of a running node" : "Postgres",
                        Migrations.address(config),
                        failure)));
  }

  static <T> T withVertx(
      SwitchboardConfig config, BiFunction<Vertx, SwitchboardConfig, Future<T>> work)
      throws Exception {
    LogOutput.configure(config.logging());
    Vertx vertx = Vertx.vertx();
    try {
      return work.apply(vertx, config).toCompletionStage().toCompletableFuture().get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof Exception cause ? cause : e;
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().get();
    }
  }
}
