package dev.switchboard.redis;

import io.vertx.core.Future;

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

  /** Always the same server. */
  static ServerLocator fixed(ServerAddress address) {
    return () -> Future.succeededFuture(address);
  }
}
