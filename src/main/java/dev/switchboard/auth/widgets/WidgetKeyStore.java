package dev.switchboard.auth.widgets;

import dev.switchboard.auth.Origins;
import dev.switchboard.event.TenantId;
import dev.switchboard.postgres.Database;
import dev.switchboard.postgres.Rows;
import dev.switchboard.postgres.TableSnapshot;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Stores widget keys in Postgres. */
public final class WidgetKeyStore {
  private static final String TABLE = "widget_keys";
  private static final String SELECT =
      "SELECT id, widget_key, tenant_id, name, origins, created_at FROM widget_keys";
  private static final String SELECT_OF_TENANT =
      """
      SELECT id, widget_key, tenant_id, name, origins, created_at
      FROM widget_keys WHERE $1::text IS NULL OR tenant_id = $1 ORDER BY id\
      """;
  private static final String INSERT =
      """
      INSERT INTO widget_keys (widget_key, tenant_id, name, origins) VALUES ($1, $2, $3, $4)
      RETURNING id, widget_key, tenant_id, name, origins, created_at\
      """;
  private static final String DELETE =
      "DELETE FROM widget_keys WHERE id = $1 AND ($2::text IS NULL OR tenant_id = $2) RETURNING id";
  private static final String PREFIX = "wk_";
  private static final SecureRandom RANDOM = new SecureRandom();

  private final Database database;

  public WidgetKeyStore(Database database) {
    this.database = database;
  }

  /** A widget key, which is not secret. */
  public record WidgetKey(
      long id,
      String key,
      TenantId tenant,
      String name,
      Origins origins,
      OffsetDateTime createdAt) {}

  /** Generates and stores a key for a tenant's pages at these origins. */
  public Future<WidgetKey> insert(TenantId tenant, String name, List<String> origins) {
    byte[] bits = new byte[24];
    RANDOM.nextBytes(bits);
    String key = PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(bits);
    Tuple row =
        Tuple.of(key, tenant.value(), name).addArrayOfString(origins.toArray(String[]::new));
    return database.insert(TABLE, INSERT, row).map(rows -> widgetKey(rows.iterator().next()));
  }

  /** Returns the keys of a tenant, or of all tenants if that is null. */
  public Future<List<WidgetKey>> list(@Nullable TenantId tenant) {
    return database
        .query(SELECT_OF_TENANT, Tuple.of(tenant == null ? null : tenant.value()))
        .map(rows -> Rows.readable(TABLE, rows, WidgetKeyStore::widgetKey));
  }

  /** Deletes a key of the tenant, or of any tenant if that is null; false if there is none. */
  public Future<Boolean> delete(long id, @Nullable TenantId tenant) {
    return database
        .query(DELETE, Tuple.of(id, tenant == null ? null : tenant.value()))
        .map(rows -> rows.size() == 1);
  }

  /**
   * Makes a copy of the table in memory, by key text, that is refreshed at least every {@code
   * poll}.
   */
  public TableSnapshot<Map<String, WidgetKey>> snapshot(Vertx vertx, Duration poll) {
    return new TableSnapshot<>(vertx, database, TABLE, SELECT, WidgetKeyStore::byKey, poll);
  }

  static Map<String, WidgetKey> byKey(List<Row> rows) {
    Map<String, WidgetKey> keys = new HashMap<>();
    Rows.readable(TABLE, rows, WidgetKeyStore::widgetKey).forEach(key -> keys.put(key.key(), key));
    return Map.copyOf(keys);
  }

  private static WidgetKey widgetKey(Row row) {
    return new WidgetKey(
        row.getLong("id"),
        row.getString("widget_key"),
        new TenantId(row.getString("tenant_id")),
        row.getString("name"),
        new Origins(Arrays.asList(row.getArrayOfStrings("origins"))),
        row.getOffsetDateTime("created_at"));
  }
}
