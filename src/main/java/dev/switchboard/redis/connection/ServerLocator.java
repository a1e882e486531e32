package dev.switchboard.redis.connection;

import dev.switchboard.redis.RedisProblemException;
import io.vertx.core.Future;
import java.util.function.Function;

/** Finds the server to connect to. */
interface ServerLocator {

  /** Answers the server to connect to; fails with a {@link RedisProblemException}. */
  Future<ServerAddress> locate();

  /** Whether a connection to that server must be replaced by one to another. */
  default boolean isStale(ServerAddress connected) {
    return false;
  }

  /** Checks whether {@link #locate} would answer another server by now; fails like it. */
  default Future<Void> refresh() {
    return Future.succeededFuture();
  }

  /**
   * Locates the server and opens a connection to it. Fails with a {@link RedisProblemException} too
   * if another server has replaced it meanwhile: one that was frozen accepts connections before it
   * learns of that.
   */
  default Future<OpenConnection> connect(Function<ServerAddress, Future<OpenConnection>> dial) {
    return locate()
        .compose(dial)
        .compose(
            open -> {
              if (!isStale(open.address())) {
                return Future.succeededFuture(open);
              }
              open.close();
              return Future.failedFuture(
                  new RedisProblemException("Redis at " + open.address() + " was replaced"));
            });
  }

  /** Always answers the same server. */
  static ServerLocator fixed(ServerAddress address) {
    return () -> Future.succeededFuture(address);
  }
}
