package dev.switchboard.postgres;

import static java.util.Objects.requireNonNull;

import dev.switchboard.time.RepeatingTask;
import dev.switchboard.time.RepeatingTasks;
import dev.switchboard.time.Schedule;
import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * A small table kept in memory, at most one poll behind its last commit.
 *
 * <p>A digest of the id and {@code xmin} of every row shows whether anything changed: a watermark
 * on ids or times would miss late commits and deletions. Notifications only make the next poll
 * earlier. While Postgres is unreachable the last state stays. Reading is allowed from every
 * thread; starting and refreshing belong to one event loop, {@link #afterRefresh} may be called
 * from every one.
 */
public final class TableSnapshot<T> {
  private final Vertx vertx;
  private final Function<String, Future<RowSet<Row>>> query;
  private final String table;
  private final String digestSql;
  private final TableReader<T> reader;
  private final Duration poll;
  private volatile @Nullable T state;
  private volatile boolean stale;
  private String digest = "";
  private volatile @Nullable Polling polling;
  private List<Promise<Void>> awaiting = new ArrayList<>();

  /** The task that polls the table, and the event loop it belongs to. */
  private record Polling(Context owner, RepeatingTask task) {}

  /**
   * Creates a snapshot that is not loaded yet, of a table that is read as a whole.
   *
   * @param table a table with a column {@code id}
   * @param selectSql reads the rows for {@code parse}
   * @param poll time between two polls
   */
  public TableSnapshot(
      Vertx vertx,
      Database database,
      String table,
      String selectSql,
      Function<List<Row>, T> parse,
      Duration poll) {
    this(vertx, database::query, table, selectSql, parse, poll);
  }

  TableSnapshot(
      Vertx vertx,
      Function<String, Future<RowSet<Row>>> query,
      String table,
      String selectSql,
      Function<List<Row>, T> parse,
      Duration poll) {
    this(vertx, query, table, new WholeTable<>(query, selectSql, parse), poll);
  }

  /**
   * Creates a snapshot that is not loaded yet.
   *
   * @param query runs the poll's statement
   * @param table a table with a column {@code id}
   * @param poll time between two polls
   */
  public TableSnapshot(
      Vertx vertx,
      Function<String, Future<RowSet<Row>>> query,
      String table,
      TableReader<T> reader,
      Duration poll) {
    this.vertx = vertx;
    this.query = query;
    this.table = table;
    this.reader = reader;
    this.poll = poll;
    this.digestSql =
        "SELECT count(*) || ':' || coalesce(sum(hashtextextended(id || ':' || xmin::text, 0)), 0)"
            + " AS digest FROM "
            + table;
  }

  /** Returns the name of the table, as in notifications. */
  public String table() {
    return table;
  }

  /** Returns the last known state; null before the first load. */
  public @Nullable T state() {
    return state;
  }

  /** Returns whether the last poll failed, so that newer rows may exist. */
  public boolean isStale() {
    return stale;
  }

  /** Loads the table and keeps polling it, even if the first load fails. */
  public Future<Void> start(RepeatingTasks tasks) {
    RepeatingTask task = tasks.task("table-" + table, Schedule.every(poll), this::refresh);
    polling = new Polling(vertx.getOrCreateContext(), task);
    return task.startNow();
  }

  /** Takes the table as empty, without reading it. */
  public void loadNothing() {
    state = reader.empty();
  }

  /** Polls now, because a notification said that the table changed. */
  public void refreshNow() {
    if (polling != null) {
      polling.task().runNow();
    }
  }

  /**
   * Completes with the result of {@code change} once this node has polled the table after it, so
   * that the caller finds the change in effect. A poll that fails does not delay it further.
   */
  public <R> Future<R> afterRefresh(Future<R> change) {
    return change.compose(result -> refreshed().otherwiseEmpty().map(result));
  }

  private Future<Void> refreshed() {
    Polling started = requireNonNull(polling, "not started");
    Promise<Void> refreshed = Promise.promise();
    started
        .owner()
        .runOnContext(
            go -> {
              if (started.task().isStopped()) {
                refreshed.complete();
              } else {
                awaiting.add(refreshed);
                started.task().runNow();
              }
            });
    return refreshed.future();
  }

  public void stop() {
    if (polling != null) {
      polling.task().stop();
    }
    release(awaiting);
  }

  /** Polls never overlap: the older of two could end last and restore its rows. */
  private Future<Void> refresh() {
    List<Promise<Void>> served = awaiting;
    awaiting = new ArrayList<>();
    return Future.succeededFuture()
        .compose(go -> query.apply(digestSql))
        .map(rows -> rows.iterator().next().getString("digest"))
        .compose(current -> current.equals(digest) ? Future.succeededFuture() : load(current))
        .transform(outcome -> ended(outcome, served));
  }

  private Future<Void> ended(AsyncResult<Void> outcome, List<Promise<Void>> served) {
    stale = outcome.failed();
    release(served);
    return outcome.succeeded() ? Future.succeededFuture() : Future.failedFuture(outcome.cause());
  }

  private Future<Void> load(String current) {
    return reader
        .read()
        .map(
            (T read) -> {
              state = read;
              digest = current;
              return null;
            });
  }

  /** Reads every row in one statement. */
  private record WholeTable<T>(
      Function<String, Future<RowSet<Row>>> query, String selectSql, Function<List<Row>, T> parse)
      implements TableReader<T> {
    @Override
    public T empty() {
      return parse.apply(List.of());
    }

    @Override
    public Future<T> read() {
      return query
          .apply(selectSql)
          .map(rows -> parse.apply(StreamSupport.stream(rows.spliterator(), false).toList()));
    }
  }

  private static void release(List<Promise<Void>> promises) {
    promises.forEach(Promise::complete);
    promises.clear();
  }
}
