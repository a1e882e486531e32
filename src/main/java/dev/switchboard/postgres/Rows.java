package dev.switchboard.postgres;

import io.vertx.sqlclient.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads rows of tables that operators may edit with plain SQL. A malformed row must not prevent the
 * others from being read; otherwise a key revoked at the same time would stay valid.
 */
public final class Rows {
  private static final Logger log = LoggerFactory.getLogger(Rows.class);

  private Rows() {}

  /** Returns the rows that {@code read} accepts; each malformed row is logged with its id. */
  public static <T> List<T> readable(String table, Iterable<Row> rows, Function<Row, T> read) {
    List<T> readable = new ArrayList<>();
    for (Row row : rows) {
      try {
        readable.add(read.apply(row));
      } catch (IllegalArgumentException | NullPointerException e) {
        log.atWarn()
            .addKeyValue("table", table)
            .addKeyValue("id", row.getValue("id"))
            .log("Ignoring a malformed row; fix or delete it");
      }
    }
    return readable;
  }
}
