package dev.switchboard.webhooks.admin;

import dev.switchboard.postgres.Database;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;

/**
 * Keeps {@code webhook_logs} in one partition per UTC day: some days ahead are made, days past the
 * retention are dropped. Any number of nodes may do so at once.
 *
 * <p>What day it is Postgres says, because its clock dates the rows: a node whose clock is wrong
 * would drop logs that are young, and leave today's rows without a place.
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
      JOIN pg_class p ON p.oid = i.inhparent
      WHERE p.relname = 'webhook_logs'""";

  private final Database database;
  private final int retentionDays;

  public LogPartitions(Database database, int retentionDays) {
    this.database = database;
    this.retentionDays = retentionDays;
  }

  /** Makes what is missing from yesterday on, then drops what is too old. */
  public Future<Void> maintain() {
    return database
        .query(TODAY)
        .compose(rows -> maintain(rows.iterator().next().getLocalDate("today")));
  }

  /** The same, as of that day. */
  public Future<Void> maintain(LocalDate today) {
    return database
        .query(EXISTING)
        .map(LogPartitions::names)
        .compose(
            existing ->
                Future.join(
                        IntStream.rangeClosed(-1, DAYS_AHEAD)
                            .mapToObj(today::plusDays)
                            .filter(day -> !existing.contains(name(day)))
                            .map(this::create)
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

  private Future<?> create(LocalDate day) {
    return database.script(
        "SET LOCAL lock_timeout = '2s'; CREATE TABLE IF NOT EXISTS "
            + name(day)
            + " PARTITION OF webhook_logs FOR VALUES FROM ('"
            + day
            + " 00:00:00+00') TO ('"
            + day.plusDays(1)
            + " 00:00:00+00')");
  }

  /**
   * The lock is waited for only briefly, so that a long query can't dam up every insert behind us.
   */
  private Future<Void> dropOld(List<String> existing, LocalDate today) {
    String oldest = name(today.minusDays(retentionDays));
    return Future.join(
            existing.stream()
                .filter(name -> name.startsWith(PREFIX) && name.compareTo(oldest) < 0)
                .map(
                    name ->
                        database.script(
                            "SET LOCAL lock_timeout = '2s'; DROP TABLE IF EXISTS " + name))
                .toList())
        .mapEmpty();
  }
}
