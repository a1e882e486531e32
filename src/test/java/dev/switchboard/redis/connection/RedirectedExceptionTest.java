package dev.switchboard.redis.connection;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where a server of a cluster sends its callers. */
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
  void aServerWithoutANameIsAtTheHostThatWasAsked(String words, String to) {
    assertThat(redirected(words).to()).hasToString(to);
  }

  @Test
  void onlyAskIsForOneCommand() {
    assertThat(redirected("ASK 3999 10.0.0.2:7001").isOnce()).isTrue();
    assertThat(redirected("MOVED 3999 10.0.0.2:7001").isOnce()).isFalse();
  }

  private static RedirectedException redirected(String words) {
    return RedirectedException.parse(words, ASKED, new IllegalStateException());
  }
}
