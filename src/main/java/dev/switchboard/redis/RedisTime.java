package dev.switchboard.redis;

import io.vertx.core.Future;
import java.time.Instant;
import java.util.List;

/** The clock of Redis, which nodes whose own clocks differ agree on. */
public final class RedisTime {
  private RedisTime() {}

  public static Future<Instant> now(RedisCommands redis) {
    return redis
        .send("time", List.of())
        .map(
            reply ->
                Instant.ofEpochSecond(
                    Long.parseLong(reply.at(0).text()),
                    Long.parseLong(reply.at(1).text()) * 1_000));
  }
}
