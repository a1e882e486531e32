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
 * A small table kept in memory, at most a poll behind its last commit.
 *
 * <p>A digest over every row's id and {@code xmin} tells whether anything changed: a watermark on
 * ids or times would miss late commits and deletions. Notifications only bring the poll forward.
 * While Postgres is out of reach the last state holds. Reading is allowed from every thread;
 * starting and refreshing belong to one event loop, {@link #showing} may be called from every one.
 */
public final class TableSnapshot<T> {
  private final Vertx vertx;
  private final Function<String, Future<RowSet<Row>>> query;
  private final String table;
  private final String digestSql;
  private final String selectSql;
  private final Function<List<Row>, T> parse;
  private final Duration poll;
  private volatile @Nullable T state;
  private volatile boolean stale;
  private String digest = "";
  private volatile @Nullable Polling polling;
  private List<Promise<Void>> awaiting = new ArrayList<>();

  /** The task that looks at the table, and the event loop it belongs to. */
  private record Polling(Context owner, RepeatingTask looks) {}

  /** Of a table with a column {@code id}, read by {@code selectSql}. */
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
    this.vertx = vertx;
    this.query = query;
    this.table = table;
    this.selectSql = selectSql;
    this.parse = parse;
    this.poll = poll;
    this.digestSql =
        "SELECT count(*) || ':' || coalesce(sum(hashtextextended(id || ':' || xmin::text, 0)), 0)"
            + " AS digest FROM "
            + table;
  }

  /** Name of the table, as it stands in notifications. */
  public String table() {
    return table;
  }

  /** The last known state; null before the first load. */
  public @Nullable T state() {
    return state;
  }

  /** Whether the last look at Postgres failed, so that newer rows may exist. */
  public boolean isStale() {
    return stale;
  }

  /** Loads once and goes on polling, also after a failed first load. */
  public Future<Void> start(RepeatingTasks tasks) {
    RepeatingTask looks = tasks.task("table-" + table, Schedule.every(poll), this::look);
    polling = new Polling(vertx.getOrCreateContext(), looks);
    return looks.startNow();
  }

  /** Takes the table as empty, without a look at it. */
  public void showNoRows() {
    state = parse.apply(List.of());
  }

  /** Looks now, because something said that the table changed. */
  public void hint() {
    if (polling != null) {
      polling.looks().runNow();
    }
  }

  /**
   * The result of a change to the table, once this node has looked at the table after it: whoever
   * made the change finds it in force. A look that fails keeps nobody waiting.
   */
  public <R> Future<R> showing(Future<R> change) {
    return change.compose(made -> caughtUp().otherwiseEmpty().map(made));
  }

  private Future<Void> caughtUp() {
    Polling started = requireNonNull(polling, "not started");
    Promise<Void> looked = Promise.promise();
    started
        .owner()
        .runOnContext(
            go -> {
              if (started.looks().isStopped()) {
                looked.complete();
              } else {
                awaiting.add(looked);
                started.looks().runNow();
              }
            });
    return looked.future();
  }

  /** Ends the polling. */
  public void stop() {
    if (polling != null) {
      polling.looks().stop();
    }
    release(awaiting);
  }

  /** One at a time: of two that overlap, the older could end last and bring its rows back. */
  private Future<Void> look() {
    List<Promise<Void>> looking = awaiting;
    awaiting = new ArrayList<>();
    return Future.succeededFuture()
        .compose(go -> query.apply(digestSql))
        .map(rows -> rows.iterator().next().getString("digest"))
        .compose(current -> current.equals(digest) ? Future.succeededFuture() : load(current))
        .transform(looked -> looked(looked, looking));
  }

  private Future<Void> looked(AsyncResult<Void> outcome, List<Promise<Void>> looking) {
    stale = outcome.failed();
    release(looking);
    return outcome.succeeded() ? Future.succeededFuture() : Future.failedFuture(outcome.cause());
  }

  private Future<Void> load(String current) {
    return query
        .apply(selectSql)
        .map(
            (RowSet<Row> rows) -> {
              state = parse.apply(StreamSupport.stream(rows.spliterator(), false).toList());
              digest = current;
              return null;
            });
  }

  private static void release(List<Promise<Void>> looking) {
    looking.forEach(Promise::complete);
    looking.clear();
  }
}
