package dev.switchboard.redis.connection;

import dev.switchboard.redis.RedisProblemException;
import io.vertx.core.Future;
import java.util.function.Function;

/** Knows which server a connection belongs to at this moment. */
interface ServerLocator {

  /** The server to connect to; fails with a {@link RedisProblemException}. */
  Future<ServerAddress> locate();

  /** Whether a connection to that server must be given up for one to another. */
  default boolean isStale(ServerAddress connected) {
    return false;
  }

  /** Looks whether {@link #locate} would answer another server by now; fails like it. */
  default Future<Void> refresh() {
    return Future.succeededFuture();
  }

  /**
   * Opens a connection to it; fails with a {@link RedisProblemException} too when another server
   * took its place meanwhile: one that was frozen accepts connections again before it learns that.
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

  /** Always the same server. */
  static ServerLocator fixed(ServerAddress address) {
    return () -> Future.succeededFuture(address);
  }
}
