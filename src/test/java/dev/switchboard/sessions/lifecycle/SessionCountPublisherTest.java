package dev.switchboard.sessions.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.redis.Keys;
import dev.switchboard.redis.NodeCounts;
import dev.switchboard.sessions.registry.SessionCount;
import dev.switchboard.support.ManualTasks;
import dev.switchboard.support.ThrowingCommands;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import org.junit.jupiter.api.Test;

/** The count of sessions is published again and again. */
class SessionCountPublisherTest {
  private final ManualTasks rounds = new ManualTasks();
  private final ThrowingCommands redis = new ThrowingCommands();
  private final SessionCountPublisher counts =
      new SessionCountPublisher(
          rounds.tasks(),
          Clock.systemUTC(),
          "node",
          new SessionCount(new SimpleMeterRegistry()),
          new NodeCounts(redis, new Keys("test")));

  @Test
  void countIsPublishedAgainAfterAnException() {
    counts.start();

    assertThat(rounds.ring()).isTrue();
    assertThat(rounds.ring()).isTrue();

    assertThat(redis.thrown()).isEqualTo(3);
    assertThat(rounds.failures("session-count")).isEqualTo(3);
  }
}
