package dev.switchboard.postgres;

import io.vertx.sqlclient.Tuple;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of a statement that unnests many rows: one array per column, in the order in which
 * the columns are added.
 *
 * @param <T> one row
 */
public final class ArrayColumns<T> {
  private final List<T> rows;
  private final Tuple parameters;

  private ArrayColumns(Tuple parameters, Collection<T> rows) {
    this.parameters = parameters;
    this.rows = List.copyOf(rows);
  }

  /** No columns yet. */
  public static <T> ArrayColumns<T> of(Collection<T> rows) {
    return after(Tuple.tuple(), rows);
  }

  /** The columns of {@code rows} will follow {@code parameters}, to which they are added. */
  public static <T> ArrayColumns<T> after(Tuple parameters, Collection<T> rows) {
    return new ArrayColumns<>(parameters, rows);
  }

  /** Adds a column of type {@code bigint[]}. */
  public ArrayColumns<T> bigint(Function<T, @Nullable Long> value) {
    return add(new Long[rows.size()], value);
  }

  /** Adds a column of type {@code int[]}. */
  public ArrayColumns<T> integer(Function<T, @Nullable Integer> value) {
    return add(new Integer[rows.size()], value);
  }

  /** Adds a column of type {@code text[]}. */
  public ArrayColumns<T> text(Function<T, @Nullable String> value) {
    return add(new String[rows.size()], value);
  }

  /** Adds a column of type {@code uuid[]}. */
  public ArrayColumns<T> uuid(Function<T, UUID> value) {
    return add(new UUID[rows.size()], value);
  }

  /** Adds a column of type {@code boolean[]}. */
  public ArrayColumns<T> bool(Function<T, Boolean> value) {
    return add(new Boolean[rows.size()], value);
  }

  /** Adds a column of type {@code timestamptz[]}. */
  public ArrayColumns<T> timestamp(Function<T, OffsetDateTime> value) {
    return add(new OffsetDateTime[rows.size()], value);
  }

  private <V extends @Nullable Object> ArrayColumns<T> add(V[] column, Function<T, V> value) {
    for (int i = 0; i < column.length; i++) {
      column[i] = value.apply(rows.get(i));
    }
    Tuple unused = parameters.addValue(column);
    return this;
  }

  /** The parameters so far; further ones may be added behind them. */
  public Tuple tuple() {
    return parameters;
  }
}
