package dev.switchboard.webhooks.report;

import dev.switchboard.event.TenantId;
import dev.switchboard.postgres.Database;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/**
 * The table {@code webhook_health} and the disabling of webhooks. A statement returns the rows that
 * it changed, so that of several nodes exactly one sends the notice. Usable from every event loop.
 */
final class HealthStore {
  private static final String FAILING = "SELECT webhook_id AS id FROM webhook_health";

  private static final String FAILED =
      """
      INSERT INTO webhook_health AS h (webhook_id, failures)
      SELECT f.id, f.failures FROM unnest($1::bigint[], $2::int[]) AS f(id, failures)
      JOIN webhooks w ON w.id = f.id AND w.is_active
      ORDER BY f.id
      ON CONFLICT (webhook_id) DO UPDATE SET failures = h.failures + excluded.failures""";

  private static final String ANSWERED =
      """
      DELETE FROM webhook_health h USING webhooks w
      WHERE h.webhook_id = ANY($1) AND w.id = h.webhook_id
      RETURNING w.id, w.tenant_id, h.announced""";

  private static final String ANNOUNCE =
      """
      UPDATE webhook_health h SET announced = true FROM webhooks w
      WHERE w.id = h.webhook_id AND w.is_active AND NOT h.announced AND h.failures >= $1
      RETURNING w.id, w.tenant_id""";

  private static final String DISABLE_FAILING =
      """
      UPDATE webhooks w
      SET is_active = false, disabled_reason = 'failing', disabled_at = clock_timestamp()
      FROM webhook_health h
      WHERE h.webhook_id = w.id AND w.is_active AND w.auto_disable AND h.failures >= $1
        AND h.failing_since < clock_timestamp() - $2 * interval '1 ms'
      RETURNING w.id, w.tenant_id""";

  private static final String DISABLE_GONE =
      """
      UPDATE webhooks
      SET is_active = false, disabled_reason = 'gone', disabled_at = clock_timestamp()
      WHERE id = $1 AND is_active AND auto_disable
      RETURNING id, tenant_id""";

  private static final String FORGET_ORPHANS =
      """
      DELETE FROM webhook_health h
      WHERE NOT EXISTS (SELECT FROM webhooks w WHERE w.id = h.webhook_id)""";

  private final Database database;

  HealthStore(Database database) {
    this.database = database;
  }

  /** A webhook that a statement changed. */
  record Changed(long id, TenantId tenant) {}

  /** Reads the webhooks whose last call failed. */
  Future<Set<Long>> failing() {
    return database
        .query(FAILING)
        .map(
            rows ->
                StreamSupport.stream(rows.spliterator(), false)
                    .map(row -> row.getLong("id"))
                    .collect(Collectors.toSet()));
  }

  /** Adds failed calls, counted by webhook. */
  Future<?> failed(Map<Long, Integer> failures) {
    return database.query(
        FAILED,
        Tuple.tuple()
            .addArrayOfLong(failures.keySet().toArray(Long[]::new))
            .addArrayOfInteger(failures.values().toArray(Integer[]::new)));
  }

  /** Resets the failures of webhooks; returns those whose failing was announced. */
  Future<List<Changed>> answered(Collection<Long> webhooks) {
    return database
        .query(ANSWERED, Tuple.tuple().addArrayOfLong(webhooks.toArray(Long[]::new)))
        .map(
            rows ->
                StreamSupport.stream(rows.spliterator(), false)
                    .filter(row -> row.getBoolean("announced"))
                    .map(HealthStore::changed)
                    .toList());
  }

  /** Marks failing webhooks as announced; returns those that were not. */
  Future<List<Changed>> announce(int failures) {
    return database.query(ANNOUNCE, Tuple.of(failures)).map(HealthStore::changed);
  }

  /** Disables webhooks with that many failed calls in a row, the first of them {@code age} ago. */
  Future<List<Changed>> disableFailing(int failures, Duration age) {
    return database
        .query(DISABLE_FAILING, Tuple.of(failures, age.toMillis()))
        .map(HealthStore::changed);
  }

  /** Disables a webhook whose receiver answered 410. */
  Future<List<Changed>> disableGone(long webhook) {
    return database.query(DISABLE_GONE, Tuple.of(webhook)).map(HealthStore::changed);
  }

  /** Deletes the health of deleted webhooks. */
  Future<?> forgetOrphans() {
    return database.query(FORGET_ORPHANS);
  }

  private static List<Changed> changed(RowSet<Row> rows) {
    return StreamSupport.stream(rows.spliterator(), false).map(HealthStore::changed).toList();
  }

  private static Changed changed(Row row) {
    return new Changed(row.getLong("id"), new TenantId(row.getString("tenant_id")));
  }
}
