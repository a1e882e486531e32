package dev.switchboard.postgres;

import io.vertx.sqlclient.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Rows of tables into which operators write with plain SQL. One that can't be read must not keep
 * the others from being read: a key that was revoked beside it would stay good.
 */
public final class Rows {
  private static final Logger log = LoggerFactory.getLogger(Rows.class);

  private Rows() {}

  /** What the rows say, without those that say nothing; each of these is logged by its id. */
  public static <T> List<T> readable(String table, Iterable<Row> rows, Function<Row, T> read) {
    List<T> readable = new ArrayList<>();
    for (Row row : rows) {
      try {
        readable.add(read.apply(row));
      } catch (IllegalArgumentException | NullPointerException e) {
        log.atWarn()
            .addKeyValue("table", table)
            .addKeyValue("id", row.getValue("id"))
            .log("The row is malformed and passed over; mend or delete it");
      }
    }
    return readable;
  }
}
