package dev.switchboard.redis.connection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.redis.RedisRefusedException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The node to which a redirection leads. */
class RedirectedExceptionTest {
  private static final ServerAddress ASKED = new ServerAddress("10.0.0.1", 7000);

  @ParameterizedTest
  @CsvSource({
    "MOVED 3999 10.0.0.2:7001, 10.0.0.2:7001",
    "MOVED 3999 redis.example.com:7001, redis.example.com:7001",
    "MOVED 3999 :7001, 10.0.0.1:7001",
    "MOVED 3999 ?:7001, 10.0.0.1:7001",
    "ASK 3999 fd00::2:7001, [fd00::2]:7001",
  })
  void nodeWithoutANameIsAtTheHostThatWasAsked(String message, String to) {
    assertThat(redirected(message).to()).hasToString(to);
  }

  @Test
  void onlyAskIsForOneCommand() {
    assertThat(redirected("ASK 3999 10.0.0.2:7001").isOnce()).isTrue();
    assertThat(redirected("MOVED 3999 10.0.0.2:7001").isOnce()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"MOVED", "MOVED 3999", "ASK 3999 host", "MOVED 3999 a:x", "ASK 1 a:65536"})
  void redirectionWithoutAnAddressIsARefusalLikeAnyOther(String message) {
    assertThat(RedirectedException.parse(message, ASKED, new IllegalStateException()))
        .isExactlyInstanceOf(RedisRefusedException.class)
        .hasMessage("Redis refused: " + message);
  }

  private static RedirectedException redirected(String message) {
    return (RedirectedException)
        RedirectedException.parse(message, ASKED, new IllegalStateException());
  }
}
