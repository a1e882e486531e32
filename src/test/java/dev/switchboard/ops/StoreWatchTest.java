package dev.switchboard.ops;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.support.ManualTasks;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Checks of stores continue after one of them fails. */
class StoreWatchTest {
  private final ManualTasks rounds = new ManualTasks();
  private final Health health = new Health(new SimpleMeterRegistry());
  private final List<String> asked = new ArrayList<>();

  @Test
  void checkThatThrowsIsRepeated() {
    StoreWatch watch = new StoreWatch(rounds.tasks(), health, Map.of("postgres", this::ask));
    watch.start();
    assertThat(health.toJson().getJsonObject("stores").getString("postgres")).isEqualTo("down");

    assertThat(rounds.ring()).isTrue();
    assertThat(rounds.ring()).isTrue();

    assertThat(asked).hasSize(3);
    assertThat(rounds.failures("store-postgres")).isEqualTo(2);
    assertThat(health.toJson().getJsonObject("stores").getString("postgres")).isEqualTo("up");
  }

  @Test
  void nothingIsCheckedAfterTheStop() {
    StoreWatch watch = new StoreWatch(rounds.tasks(), health, Map.of("postgres", this::ask));
    watch.start();

    watch.stop();

    assertThat(rounds.ring()).isFalse();
    assertThat(asked).hasSize(1);
  }

  private Future<Optional<String>> ask() {
    asked.add("postgres");
    if (asked.size() < 3) {
      throw new IllegalStateException("thrown");
    }
    return Future.succeededFuture(Optional.empty());
  }
}
