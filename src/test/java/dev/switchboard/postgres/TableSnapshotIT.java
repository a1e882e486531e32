package dev.switchboard.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.support.Stores;
import dev.switchboard.support.Waiting;
import dev.switchboard.time.LoopScheduler;
import dev.switchboard.time.RepeatingTasks;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Polls of a table that answers slowly while it changes. */
class TableSnapshotIT {
  @RegisterExtension static final Stores stores = new Stores();

  private static final Duration POLL = Duration.ofMillis(500);
  private static final int ROUND_TRIPS = 50;

  /** Makes a poll wait for a lock whose key is the number of rows that the poll sees. */
  private static final String SELECT =
      "SELECT id, pg_advisory_xact_lock_shared((SELECT count(*) FROM slow)) FROM slow";

  private final List<Integer> loaded = new CopyOnWriteArrayList<>();

  @Test
  void olderPollNeverRestoresItsRows() throws SQLException {
    stores.postgres().execute("CREATE TABLE slow (id bigint PRIMARY KEY)");
    Vertx vertx = Vertx.vertx();
    Context loop = vertx.getOrCreateContext();
    Database database = new Database(vertx, stores.postgres().config());
    TableSnapshot<Integer> snapshot =
        new TableSnapshot<>(vertx, database, "slow", SELECT, this::load, POLL);
    try (Connection holder = stores.postgres().connect();
        Statement lock = holder.createStatement()) {
      lock.execute("SELECT pg_advisory_lock(1)");
      RepeatingTasks tasks = new RepeatingTasks(LoopScheduler.of(vertx), new SimpleMeterRegistry());
      await(on(loop, () -> snapshot.start(tasks)));
      stores.postgres().execute("INSERT INTO slow VALUES (1)");
      loop.runOnContext(now -> snapshot.refreshNow());
      Waiting.until("the first poll waits", () -> waiting() >= 1);
      stores.postgres().execute("INSERT INTO slow VALUES (2)");
      await(afterThePoll(vertx, database));
      lock.execute("SELECT pg_advisory_unlock(1)");
      Waiting.until("both rows are seen", () -> Integer.valueOf(2).equals(snapshot.state()));
      await(afterThePoll(vertx, database));
      assertThat(loaded).isSorted().contains(2);
    } finally {
      snapshot.stop();
      await(database.close());
      await(vertx.close());
    }
  }

  private int load(List<?> rows) {
    loaded.add(rows.size());
    return rows.size();
  }

  private static int waiting() {
    return Integer.parseInt(
        stores
            .postgres()
            .value("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"));
  }

  /** Waits until the next poll has started and had the time of many queries. */
  private static Future<?> afterThePoll(Vertx vertx, Database database) {
    Promise<Void> polled = Promise.promise();
    vertx.setTimer(2 * POLL.toMillis(), fired -> polled.complete());
    Future<?> answered = polled.future();
    for (int i = 0; i < ROUND_TRIPS; i++) {
      answered = answered.compose(before -> database.query("SELECT 1"));
    }
    return answered;
  }

  private static Future<?> on(Context loop, Supplier<Future<Void>> action) {
    Promise<Void> done = Promise.promise();
    loop.runOnContext(now -> action.get().onComplete(done));
    return done.future();
  }

  private static void await(Future<?> future) {
    Object unused =
        future.toCompletionStage().toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();
  }
}
