package dev.switchboard.redis.connection;

import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisConnection;

/**
 * A connection and the client of the library that opened it. Only closing the client certainly ends
 * the connection: closing the connection itself returns it to a pool, with its unanswered commands.
 */
record OpenConnection(ServerAddress address, Redis client, RedisConnection connection) {

  void close() {
    // The owner causes this loss, so it needs no report.
    connection.endHandler(null);
    connection.exceptionHandler(ignored -> {});
    connection.handler(null);
    client.close().onFailure(ignored -> {});
  }
}
