package dev.switchboard.redis.connection;

import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisConnection;

/**
 * A connection with the library's client it was made by. Only closing that client surely ends the
 * connection: closing the connection itself hands it back to a pool, unanswered commands and all.
 */
record OpenConnection(ServerAddress address, Redis client, RedisConnection connection) {

  void close() {
    // A loss that we caused is no news.
    connection.endHandler(null);
    connection.exceptionHandler(ignored -> {});
    connection.handler(null);
    client.close().onFailure(ignored -> {});
  }
}
