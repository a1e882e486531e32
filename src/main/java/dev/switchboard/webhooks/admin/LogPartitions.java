package dev.switchboard.webhooks.admin;

import dev.switchboard.postgres.Database;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;

/**
 * Keeps {@code webhook_logs} in one partition per UTC day: creates those of some days ahead and
 * drops those past the retention. Any number of nodes may do so at the same time.
 *
 * <p>The date comes from Postgres, because its clock dates the rows: a node whose clock is wrong
 * would drop recent logs and leave today's rows without a partition.
 */
public final class LogPartitions {
  private static final String PREFIX = "webhook_logs_";
  private static final DateTimeFormatter SUFFIX = DateTimeFormatter.BASIC_ISO_DATE;
  private static final int DAYS_AHEAD = 7;
  private static final String TODAY =
      "SELECT (clock_timestamp() AT TIME ZONE 'UTC')::date AS today";
  private static final String EXISTING =
      """
      SELECT c.relname FROM pg_inherits i
      JOIN pg_class c ON c.oid = i.inhrelid
      WHERE i.inhparent = 'webhook_logs'::regclass\
      """;

  /** Run as their owner, so that a node needs no right to create or drop tables. */
  private static final String CREATE = "SELECT create_webhook_logs_partition($1)";

  private static final String DROP = "SELECT drop_webhook_logs_partition($1)";

  private final Database database;
  private final int retentionDays;

  public LogPartitions(Database database, int retentionDays) {
    this.database = database;
    this.retentionDays = retentionDays;
  }

  /** Creates the missing partitions from yesterday on, then drops those past the retention. */
  public Future<Void> maintain() {
    return database
        .query(TODAY)
        .compose(rows -> maintain(rows.iterator().next().getLocalDate("today")));
  }

  /** The same, as if it were {@code today}. */
  public Future<Void> maintain(LocalDate today) {
    return database
        .query(EXISTING)
        .map(LogPartitions::names)
        .compose(
            existing ->
                create(
                        IntStream.rangeClosed(-1, DAYS_AHEAD)
                            .mapToObj(today::plusDays)
                            .filter(day -> !existing.contains(name(day)))
                            .toList())
                    .compose(made -> dropOld(existing, today)));
  }

  private static List<String> names(RowSet<Row> rows) {
    return StreamSupport.stream(rows.spliterator(), false)
        .map(row -> row.getString("relname"))
        .toList();
  }

  private static String name(LocalDate day) {
    return PREFIX + SUFFIX.format(day);
  }

  /** One after the other: each waits for a lock that only one connection can have. */
  private Future<?> create(List<LocalDate> missing) {
    Future<?> created = Future.succeededFuture();
    for (LocalDate day : missing) {
      created = created.compose(before -> database.query(CREATE, Tuple.of(day)));
    }
    return created;
  }

  private Future<Void> dropOld(List<String> existing, LocalDate today) {
    String oldest = name(today.minusDays(retentionDays));
    return Future.join(
            existing.stream()
                .filter(name -> name.startsWith(PREFIX) && name.compareTo(oldest) < 0)
                .map(name -> LocalDate.parse(name.substring(PREFIX.length()), SUFFIX))
                .map(day -> database.query(DROP, Tuple.of(day)))
                .toList())
        .mapEmpty();
  }
}
