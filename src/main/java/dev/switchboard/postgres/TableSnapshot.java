package dev.switchboard.postgres;

import static java.util.Objects.requireNonNull;

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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A small table kept in memory, at most a poll behind its last commit.
 *
 * <p>A digest over every row's id and {@code xmin} tells whether anything changed: a watermark on
 * ids or times would miss late commits and deletions. Notifications only bring the poll forward.
 * While Postgres is out of reach the last state holds. Reading is allowed from every thread;
 * starting and refreshing belong to one event loop, {@link #showing} may be called from every one.
 */
public final class TableSnapshot<T> {
  private static final Logger log = LoggerFactory.getLogger(TableSnapshot.class);

  private final Vertx vertx;
  private final Database database;
  private final String table;
  private final String digestSql;
  private final String selectSql;
  private final Function<List<Row>, T> parse;
  private final long pollMillis;
  private volatile @Nullable T state;
  private volatile boolean stale;
  private String digest = "";
  private @Nullable Context owner;
  private List<Promise<Void>> awaiting = new ArrayList<>();
  private long timer = -1;
  private boolean refreshing;
  private boolean again;
  private boolean stopped;

  /** Of a table with a column {@code id}, read by {@code selectSql}. */
  public TableSnapshot(
      Vertx vertx,
      Database database,
      String table,
      String selectSql,
      Function<List<Row>, T> parse,
      Duration poll) {
    this.vertx = vertx;
    this.database = database;
    this.table = table;
    this.selectSql = selectSql;
    this.parse = parse;
    this.pollMillis = poll.toMillis();
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
  public Future<Void> start() {
    owner = vertx.getOrCreateContext();
    return refresh().eventually(this::scheduleNext);
  }

  /** Looks now, because something said that the table changed. */
  public void hint() {
    if (!stopped) {
      look().onFailure(ignored -> {});
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
    Promise<Void> looked = Promise.promise();
    requireNonNull(owner, "not started")
        .runOnContext(
            go -> {
              awaiting.add(looked);
              hint();
            });
    return looked.future();
  }

  /** Ends the polling. */
  public void stop() {
    stopped = true;
    release(awaiting);
    if (timer >= 0) {
      boolean unused = vertx.cancelTimer(timer);
    }
  }

  private Future<Void> scheduleNext() {
    if (!stopped) {
      timer =
          vertx.setTimer(
              pollMillis, fired -> look().eventually(this::scheduleNext).onFailure(ignored -> {}));
    }
    return Future.succeededFuture();
  }

  /** One at a time: of two that overlap, the older could end last and bring its rows back. */
  private Future<Void> look() {
    if (refreshing) {
      again = true;
      return Future.succeededFuture();
    }
    return refresh();
  }

  private Future<Void> refresh() {
    refreshing = true;
    List<Promise<Void>> looking = awaiting;
    awaiting = new ArrayList<>();
    return database
        .query(digestSql)
        .map(rows -> rows.iterator().next().getString("digest"))
        .compose(current -> current.equals(digest) ? Future.succeededFuture() : load(current))
        .onComplete(
            done -> {
              release(looking);
              settled(done.cause());
            });
  }

  private Future<Void> load(String current) {
    return database
        .query(selectSql)
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

  private void settled(@Nullable Throwable failure) {
    refreshing = false;
    if (failure != null && !stale && !stopped) {
      log.atWarn()
          .addKeyValue("table", table)
          .addKeyValue("reason", String.valueOf(failure.getMessage()))
          .log("Can't read the table; its last known state holds");
    }
    stale = failure != null;
    if (again && !stopped) {
      again = false;
      hint();
    }
  }
}
