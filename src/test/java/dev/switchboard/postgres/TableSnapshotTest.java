package dev.switchboard.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.support.ManualTasks;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Polls of a table continue after one of them fails. */
class TableSnapshotTest {
  private final ManualTasks rounds = new ManualTasks();
  private final Vertx vertx = Vertx.vertx();
  private final List<String> queries = new ArrayList<>();
  private final TableSnapshot<Integer> snapshot =
      new TableSnapshot<>(
          vertx, this::query, "kept", "SELECT id FROM kept", List::size, Duration.ofSeconds(1));

  @AfterEach
  void stop() {
    Object unused = await(vertx.close());
  }

  private Future<RowSet<Row>> query(String sql) {
    queries.add(sql);
    throw new IllegalStateException("thrown");
  }

  @Test
  void pollThatThrowsIsFollowedByTheNext() {
    assertThat(snapshot.start(rounds.tasks()).failed()).isTrue();

    assertThat(rounds.ring()).isTrue();
    snapshot.refreshNow();
    assertThat(rounds.ring()).isTrue();

    assertThat(queries).hasSize(4);
    assertThat(snapshot.isStale()).isTrue();
    assertThat(rounds.failures("table-kept")).isEqualTo(4);
  }

  @Test
  void changeIsNotDelayedByAPollThatThrowsNorByTheStop() {
    assertThat(snapshot.start(rounds.tasks()).failed()).isTrue();

    assertThat(await(snapshot.afterRefresh(Future.succeededFuture("changed"))))
        .isEqualTo("changed");
    snapshot.stop();
    assertThat(await(snapshot.afterRefresh(Future.succeededFuture("again")))).isEqualTo("again");

    assertThat(rounds.ring()).isFalse();
  }

  private static <T> T await(Future<T> future) {
    return future.toCompletionStage().toCompletableFuture().join();
  }
}
