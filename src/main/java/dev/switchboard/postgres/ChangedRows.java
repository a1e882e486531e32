package dev.switchboard.postgres;

import static java.util.Objects.requireNonNull;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * Reads a table row by row: a list of versions shows which rows have changed, and only those are
 * read, in pages that are limited by rows and bytes. What was read stays when a later page fails,
 * so that a read that is tried again continues where it stopped. Belongs to one event loop; rows
 * are parsed on a worker thread.
 *
 * @param <E> what a row is parsed into
 */
public final class ChangedRows<E, T> implements TableReader<T> {
  /** Bytes of one page, unless a single row has more. */
  static final long MAX_PAGE_BYTES = 1 << 20;

  private static final int MAX_PAGE_ROWS = 500;
  private static final int MAX_VERSIONS_PER_PAGE = 5_000;

  private final Vertx vertx;
  private final BiFunction<String, Tuple, Future<RowSet<Row>>> query;
  private final Statements statements;
  private final Function<Row, E> parse;
  private final Function<Collection<E>, T> assemble;
  private final Map<Long, Known<E>> known = new HashMap<>();

  /**
   * How a table is read.
   *
   * @param versions selects {@code id}, {@code row_version} (text that changes with what is read of
   *     the row) and {@code bytes} of rows behind the id {@code $1}, in the order of ids, at most
   *     {@code $2}
   * @param rows selects rows with the ids {@code $1}, with {@code id}, {@code row_version}, and
   *     what parsing needs
   */
  public record Statements(String versions, String rows) {}

  private record Known<E>(String version, E entry) {}

  private record Listed(String version, long bytes) {}

  /**
   * Reads with {@code query}.
   *
   * @param parse must not throw
   * @param assemble makes what the snapshot shows, on the event loop
   */
  public ChangedRows(
      Vertx vertx,
      BiFunction<String, Tuple, Future<RowSet<Row>>> query,
      Statements statements,
      Function<Row, E> parse,
      Function<Collection<E>, T> assemble) {
    this.vertx = vertx;
    this.query = query;
    this.statements = statements;
    this.parse = parse;
    this.assemble = assemble;
  }

  @Override
  public T empty() {
    return assemble.apply(List.of());
  }

  @Override
  public Future<T> read() {
    return versions().compose(this::readChanged).map(read -> assemble.apply(entries()));
  }

  private List<E> entries() {
    return known.values().stream().map(Known::entry).toList();
  }

  private Future<Map<Long, Listed>> versions() {
    Promise<Map<Long, Listed>> complete = Promise.promise();
    addVersions(0, new HashMap<>(), complete);
    return complete.future();
  }

  private void addVersions(
      long after, Map<Long, Listed> listed, Promise<Map<Long, Listed>> complete) {
    // Composed, so that an exception ends the read like a failed future.
    Future.succeededFuture(Tuple.of(after, MAX_VERSIONS_PER_PAGE))
        .compose(page -> query.apply(statements.versions(), page))
        .<@Nullable Long>map(rows -> list(rows, listed))
        .onSuccess(
            last -> {
              if (last == null) {
                complete.complete(listed);
              } else {
                addVersions(last, listed, complete);
              }
            })
        .onFailure(complete::fail);
  }

  /** Adds {@code rows} to {@code listed}; returns the last id, or null if no more rows follow. */
  private static @Nullable Long list(RowSet<Row> rows, Map<Long, Listed> listed) {
    Long last = null;
    for (Row row : rows) {
      last = row.getLong("id");
      listed.put(last, new Listed(row.getString("row_version"), row.getLong("bytes")));
    }
    return rows.size() < MAX_VERSIONS_PER_PAGE ? null : last;
  }

  private Future<Void> readChanged(Map<Long, Listed> listed) {
    known.keySet().retainAll(listed.keySet());
    Promise<Void> complete = Promise.promise();
    readPages(pages(listed).iterator(), complete);
    return complete.future();
  }

  /** The ids of changed rows, by page. */
  private List<List<Long>> pages(Map<Long, Listed> listed) {
    List<List<Long>> pages = new ArrayList<>();
    List<Long> page = new ArrayList<>();
    long bytes = 0;
    for (long id : listed.keySet().stream().sorted().toList()) {
      Listed row = requireNonNull(listed.get(id));
      if (isKnown(id, row.version())) {
        continue;
      }
      boolean full = page.size() == MAX_PAGE_ROWS || bytes + row.bytes() > MAX_PAGE_BYTES;
      if (full && !page.isEmpty()) {
        pages.add(page);
        page = new ArrayList<>();
        bytes = 0;
      }
      page.add(id);
      bytes += row.bytes();
    }
    if (!page.isEmpty()) {
      pages.add(page);
    }
    return pages;
  }

  private boolean isKnown(long id, String version) {
    Known<E> before = known.get(id);
    return before != null && before.version().equals(version);
  }

  /** Not as a chain of futures, which would be as long as there are pages. */
  private void readPages(Iterator<List<Long>> pages, Promise<Void> complete) {
    if (!pages.hasNext()) {
      complete.complete();
      return;
    }
    Future.succeededFuture(pages.next())
        .compose(this::readPage)
        .onSuccess(read -> readPages(pages, complete))
        .onFailure(complete::fail);
  }

  private Future<Void> readPage(List<Long> ids) {
    return query
        .apply(statements.rows(), Tuple.tuple().addArrayOfLong(ids.toArray(Long[]::new)))
        .compose(rows -> vertx.executeBlocking(() -> parsed(rows), false))
        .map(
            read -> {
              // One that is missing was deleted meanwhile.
              ids.forEach(known::remove);
              known.putAll(read);
              return null;
            });
  }

  private Map<Long, Known<E>> parsed(RowSet<Row> rows) {
    Map<Long, Known<E>> read = new HashMap<>();
    StreamSupport.stream(rows.spliterator(), false)
        .forEach(
            row ->
                read.put(
                    row.getLong("id"),
                    new Known<>(row.getString("row_version"), parse.apply(row))));
    return read;
  }
}
