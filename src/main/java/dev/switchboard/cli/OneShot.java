package dev.switchboard.cli;

import dev.switchboard.config.PostgresConfig;
import dev.switchboard.config.Secret;
import dev.switchboard.config.SwitchboardConfig;
import dev.switchboard.embedded.RedisPassword;
import dev.switchboard.node.StoreException;
import dev.switchboard.ops.LogOutput;
import dev.switchboard.postgres.Database;
import dev.switchboard.redis.RedisCommands;
import dev.switchboard.redis.connection.RedisClients;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.concurrent.ExecutionException;
import java.util.function.BiFunction;
import java.util.function.Function;

/** Runs one asynchronous action of a sub-command and waits for it on the main thread. */
final class OneShot {
  private OneShot() {}

  /** Runs {@code work} with connections to Postgres, and closes them. */
  static <T> T withDatabase(SwitchboardConfig config, Function<Database, Future<T>> work)
      throws Exception {
    return withVertx(
        config,
        (vertx, loaded) -> {
          Database database = new Database(vertx, loaded.postgres());
          return reach(database, loaded.postgres())
              .compose(reached -> work.apply(database))
              .eventually(database::close);
        });
  }

  private static Future<?> reach(Database database, PostgresConfig config) {
    boolean embedded = config.mode() == PostgresConfig.Mode.embedded;
    return database
        .query("SELECT 1")
        .recover(
            failure ->
                Future.failedFuture(
                    StoreException.postgres(
                        embedded ? "the Postgres of a running node" : "Postgres",
                        config,
                        failure)));
  }

  /** Runs {@code work} with connections to Redis, on their event loop, and closes them. */
  static <T> T withRedis(SwitchboardConfig config, Function<RedisCommands, Future<T>> work)
      throws Exception {
    Secret password = RedisPassword.current(config);
    return withVertx(
        config,
        (vertx, loaded) -> {
          Promise<T> done = Promise.promise();
          RedisClients clients = new RedisClients(vertx, loaded.redis());
          clients.signIn(password);
          vertx
              .getOrCreateContext()
              .runOnContext(
                  go -> {
                    RedisCommands redis = clients.commands();
                    work.apply(redis).eventually(redis::close).onComplete(done);
                  });
          return done.future();
        });
  }

  /** Runs {@code work} with a Vert.x of its own, and closes that. */
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
