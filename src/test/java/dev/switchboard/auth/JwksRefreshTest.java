package dev.switchboard.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.support.ManualTasks;
import dev.switchboard.support.Waiting;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** An issuer goes on being asked for its keys. */
class JwksRefreshTest {
  /** The HTTP client throws at this one instead of failing. */
  private static final String NO_URL = "http://[";

  private final Vertx vertx = Vertx.vertx();
  private final ManualTasks rounds = new ManualTasks();
  private final JwksKeys keys =
      new JwksKeys(vertx, NO_URL, Duration.ofHours(1), Duration.ofSeconds(30));

  @AfterEach
  void stop() throws Exception {
    Object unused =
        vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  @Test
  void fetchThatThrowsIsFollowedByTheNext() {
    assertThat(keys.start(rounds.tasks())).isNotNull();

    for (int i = 0; i < 3; i++) {
      Waiting.until("the next request waits for its time", () -> rounds.waiting() == 1);
      assertThat(rounds.ring()).isTrue();
    }
    Waiting.until("the next request waits for its time", () -> rounds.waiting() == 1);
  }

  @Test
  void nothingIsFetchedAfterTheStop() {
    assertThat(keys.start(rounds.tasks())).isNotNull();

    keys.stop();

    assertThat(rounds.waiting()).isZero();
  }
}
