package dev.switchboard.node;

import dev.switchboard.config.PostgresConfig;
import dev.switchboard.config.RedisConfig;
import dev.switchboard.config.SwitchboardConfig;
import dev.switchboard.embedded.EmbeddedPostgresServer;
import dev.switchboard.embedded.EmbeddedRedis;
import dev.switchboard.postgres.Migrations;
import dev.switchboard.redis.RedisProblemException;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings Redis and Postgres to where the node can use them: started if embedded, reached, migrated.
 */
public final class StoreStartup {
  private static final Logger log = LoggerFactory.getLogger(StoreStartup.class);

  private final SwitchboardConfig config;
  private final NodeComponents nodeComponents;
  private final ShutdownSequence shutdownSequence;

  StoreStartup(NodeComponents nodeComponents, ShutdownSequence shutdownSequence) {
    this.config = nodeComponents.config;
    this.nodeComponents = nodeComponents;
    this.shutdownSequence = shutdownSequence;
  }

  /** Ends when Redis answers. */
  Future<?> redis() {
    return config.redis().mode() == RedisConfig.Mode.embedded
        ? startRedis().compose(started -> reachRedis())
        : reachRedis();
  }

  private Future<?> startRedis() {
    Path data = Path.of(config.node().dataDirectory());
    return started(
        "embedded redis", () -> EmbeddedRedis.start(data, config.redis().embeddedPort()));
  }

  private Future<?> reachRedis() {
    return StartupRetry.of(nodeComponents.vertx, nodeComponents.redis::examine)
        .onSuccess(warnings -> warnings.forEach(log::warn))
        .onSuccess(reached -> nodeComponents.health.storeUp("redis"))
        .recover(
            failure ->
                Future.failedFuture(
                    failure instanceof RedisProblemException
                        ? failure
                        : new UnreachableException(
                            "Redis", nodeComponents.redis.address(), failure)));
  }

  /** Ends when Postgres has this version's schema. */
  Future<?> postgres() {
    return config.postgres().mode() == PostgresConfig.Mode.embedded
        ? startPostgres().compose(started -> migrate())
        : migrate();
  }

  private Future<?> startPostgres() {
    Path data = Path.of(config.node().dataDirectory());
    return started(
        "embedded postgres",
        () -> EmbeddedPostgresServer.start(data, config.postgres().embeddedPort()));
  }

  private Future<?> migrate() {
    return StartupRetry.of(
            nodeComponents.vertx, () -> blocking(() -> Migrations.apply(config.postgres())))
        .onSuccess(applied -> nodeComponents.health.storeUp("postgres"))
        .recover(
            failure ->
                Future.failedFuture(
                    new UnreachableException(
                        "Postgres", Migrations.address(config.postgres()), failure)));
  }

  private Future<?> started(String name, Callable<AutoCloseable> start) {
    Future<AutoCloseable> starting = blocking(start);
    shutdownSequence.addWhenStarted(name, starting, server -> blocking(() -> closed(server)));
    return starting;
  }

  private <T> Future<T> blocking(Callable<T> action) {
    return nodeComponents.vertx.executeBlocking(action, false);
  }

  private static boolean closed(AutoCloseable server) throws Exception {
    server.close();
    return true;
  }

  /** A store did not answer at start. */
  public static final class UnreachableException extends RuntimeException {
    public UnreachableException(String store, String address, Throwable cause) {
      super(store + " at " + address + " can't be reached: " + rootMessage(cause), cause);
    }

    private static String rootMessage(Throwable failure) {
      Throwable root = failure;
      while (root.getCause() != null) {
        root = root.getCause();
      }
      return String.valueOf(root.getMessage()).lines().findFirst().orElse("no reason given");
    }
  }
}
