package dev.switchboard.redis.connection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.redis.RedisOutcomeUnknownException;
import dev.switchboard.redis.RedisProblemException;
import dev.switchboard.redis.RedisRefusedException;
import org.junit.jupiter.api.Test;

class RedisStateTest {
  private final Exception reply = new IllegalStateException("OOM");

  @Test
  void checkThatSucceededIsUp() {
    assertThat(RedisState.of(null)).isEqualTo(new RedisState.Up());
  }

  @Test
  void refusedWritesAreDegraded() {
    assertThat(RedisState.of(RedisProblemException.writesRefused("full", reply)))
        .isEqualTo(new RedisState.Degraded("full"));
  }

  @Test
  void problemOfASentinelIsDegradedWhileTheMasterServes() {
    assertThat(RedisState.of(new RedisProblemException("no sentinel").whileServing()))
        .isEqualTo(new RedisState.Degraded("no sentinel"));
  }

  @Test
  void serverThatDoesNotAnswerIsDown() {
    assertThat(RedisState.of(new RedisRefusedException("away")))
        .isEqualTo(new RedisState.Down("away"));
    assertThat(RedisState.of(new RedisOutcomeUnknownException("silent", reply)))
        .isEqualTo(new RedisState.Down("silent"));
    assertThat(RedisState.of(new RedisProblemException("no TLS")))
        .isEqualTo(new RedisState.Down("no TLS"));
  }
}
