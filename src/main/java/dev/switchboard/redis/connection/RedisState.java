package dev.switchboard.redis.connection;

import dev.switchboard.redis.RedisProblemException;
import dev.switchboard.redis.RedisProblemException.Extent;
import org.jspecify.annotations.Nullable;

/** What a check of Redis found. Each problem is one line that says how to fix it. */
public sealed interface RedisState {

  /** All servers that are needed take writes. */
  record Up() implements RedisState {}

  /** The servers answer, but refuse writes, or what finds them has a problem. */
  record Degraded(String problem) implements RedisState {}

  /** A server that is needed does not answer. */
  record Down(String problem) implements RedisState {}

  /** The state that the failure of a check shows; null for a check that succeeded. */
  static RedisState of(@Nullable Throwable failure) {
    if (failure == null) {
      return new Up();
    }
    String problem = String.valueOf(failure.getMessage());
    return failure instanceof RedisProblemException known && known.extent() != Extent.UNUSABLE
        ? new Degraded(problem)
        : new Down(problem);
  }
}
