package dev.switchboard.auth;

import dev.switchboard.config.Cidr;
import dev.switchboard.event.TenantId;
import dev.switchboard.postgres.Database;
import dev.switchboard.postgres.Rows;
import dev.switchboard.postgres.TableSnapshot;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.net.InetAddress;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Stores API keys in Postgres. */
public final class ApiKeyStore {
  private static final String TABLE = "api_keys";
  private static final String SELECT_VALID =
      """
      SELECT id, name, key_hash, tenant_id, scopes, source_cidrs
      FROM api_keys WHERE revoked_at IS NULL\
      """;
  private static final String SELECT_ALL =
      """
      SELECT id, name, tenant_id, scopes, source_cidrs, created_at, revoked_at, last_used_at
      FROM api_keys LEFT JOIN api_key_uses ON key_id = id ORDER BY id\
      """;
  private static final String SELECT_OF_TENANT =
      """
      SELECT id, name, tenant_id, scopes, source_cidrs, created_at, revoked_at, last_used_at
      FROM api_keys LEFT JOIN api_key_uses ON key_id = id WHERE tenant_id = $1 ORDER BY id\
      """;
  private static final String INSERT =
      """
      INSERT INTO api_keys (name, key_hash, tenant_id, scopes, source_cidrs)
      VALUES ($1, $2, $3, $4, $5) RETURNING id\
      """;
  private static final String REPLACE =
      """
      WITH replaced AS (DELETE FROM api_keys WHERE name = $1 AND tenant_id IS NULL)
      INSERT INTO api_keys (name, key_hash, scopes) VALUES ($1, $2, $3) RETURNING id\
      """;
  private static final String REVOKE =
      """
      UPDATE api_keys SET revoked_at = now()
      WHERE id = $1 AND revoked_at IS NULL AND ($2::text IS NULL OR tenant_id = $2)
      RETURNING id\
      """;
  private static final String STORE_USES =
      """
      INSERT INTO api_key_uses AS uses (key_id, last_used_at)
      SELECT id, to_timestamp(seconds)
      FROM unnest($1::bigint[], $2::bigint[]) AS used (id, seconds) JOIN api_keys USING (id)
      ORDER BY id
      ON CONFLICT (key_id) DO UPDATE SET last_used_at = excluded.last_used_at
      WHERE uses.last_used_at < excluded.last_used_at\
      """;

  private final Database database;

  public ApiKeyStore(Database database) {
    this.database = database;
  }

  /**
   * A stored key without its secret.
   *
   * @param lastUsedAt when any node accepted it last, to the minute
   */
  public record Entry(
      long id,
      String name,
      @Nullable TenantId tenant,
      Set<Scope> scopes,
      List<Cidr> sources,
      @Nullable OffsetDateTime createdAt,
      @Nullable OffsetDateTime revokedAt,
      @Nullable OffsetDateTime lastUsedAt) {
    public Entry {
      scopes = Set.copyOf(scopes);
      sources = List.copyOf(sources);
    }

    /** Whether the key may be used from the caller's address, which is asked for only if needed. */
    boolean mayCallFrom(Supplier<@Nullable InetAddress> caller) {
      if (sources.isEmpty()) {
        return true;
      }
      InetAddress address = caller.get();
      return address != null && sources.stream().anyMatch(range -> range.contains(address));
    }
  }

  /** Stores a new key and returns its id. */
  public Future<Long> insert(
      ApiKey key, String name, @Nullable TenantId tenant, Set<Scope> scopes, List<Cidr> sources) {
    Tuple row =
        Tuple.of(name, Buffer.buffer(key.hash()), tenant == null ? null : tenant.value())
            .addArrayOfString(wireNames(scopes))
            .addArrayOfString(sources.stream().map(Cidr::toString).toArray(String[]::new));
    return database
        .insert("api_keys", INSERT, row)
        .map(rows -> rows.iterator().next().getLong("id"));
  }

  /**
   * Stores a new key of all tenants and removes every other key of all tenants with that name, so
   * that a program which makes a key at each start leaves one behind, not many.
   *
   * @return the id of the new key
   */
  public Future<Long> replace(ApiKey key, String name, Set<Scope> scopes) {
    Tuple row = Tuple.of(name, Buffer.buffer(key.hash())).addArrayOfString(wireNames(scopes));
    return database.query(REPLACE, row).map(rows -> rows.iterator().next().getLong("id"));
  }

  /** Stores when keys were used last, in minutes since 1970; keys that are deleted are left out. */
  Future<Void> storeUses(Map<Long, Long> minutes) {
    Long[] ids = minutes.keySet().toArray(Long[]::new);
    Long[] seconds =
        minutes.values().stream().map(TimeUnit.MINUTES::toSeconds).toArray(Long[]::new);
    return database
        .query(STORE_USES, Tuple.tuple().addArrayOfLong(ids).addArrayOfLong(seconds))
        .mapEmpty();
  }

  /** Returns all keys, also the revoked ones. */
  public Future<List<Entry>> list() {
    return database.query(SELECT_ALL).map(rows -> Rows.readable(TABLE, rows, ApiKeyStore::listed));
  }

  /** Returns the keys that may act for that tenant only, also the revoked ones. */
  public Future<List<Entry>> list(TenantId tenant) {
    return database
        .query(SELECT_OF_TENANT, Tuple.of(tenant.value()))
        .map(rows -> Rows.readable(TABLE, rows, ApiKeyStore::listed));
  }

  private static String[] wireNames(Set<Scope> scopes) {
    return scopes.stream().map(Scope::wireName).sorted().toArray(String[]::new);
  }

  /** Revokes a key; false if no valid key has that id. */
  public Future<Boolean> revoke(long id) {
    return revoke(id, null);
  }

  /** The same if the key is one of {@code tenant}, unless that is null. */
  public Future<Boolean> revoke(long id, @Nullable TenantId tenant) {
    return database
        .query(REVOKE, Tuple.of(id, tenant == null ? null : tenant.value()))
        .map(rows -> rows.size() == 1);
  }

  /**
   * Makes a copy of the valid keys in memory, by the hexadecimal hash, that is refreshed at least
   * every {@code poll}.
   */
  public TableSnapshot<Map<String, Entry>> snapshot(Vertx vertx, Duration poll) {
    return new TableSnapshot<>(vertx, database, TABLE, SELECT_VALID, ApiKeyStore::byHash, poll);
  }

  static Map<String, Entry> byHash(List<Row> rows) {
    Map<String, Entry> keys = new HashMap<>();
    Rows.readable(TABLE, rows, ApiKeyStore::valid)
        .forEach(key -> keys.put(key.hash(), key.entry()));
    return Map.copyOf(keys);
  }

  private record Valid(String hash, Entry entry) {}

  private static Valid valid(Row row) {
    return new Valid(
        HexFormat.of().formatHex(row.getBuffer("key_hash").getBytes()),
        entry(row, null, null, null));
  }

  private static Entry listed(Row row) {
    return entry(
        row,
        row.getOffsetDateTime("created_at"),
        row.getOffsetDateTime("revoked_at"),
        row.getOffsetDateTime("last_used_at"));
  }

  private static Entry entry(
      Row row,
      @Nullable OffsetDateTime createdAt,
      @Nullable OffsetDateTime revokedAt,
      @Nullable OffsetDateTime lastUsedAt) {
    Set<Scope> scopes = EnumSet.noneOf(Scope.class);
    Arrays.stream(row.getArrayOfStrings("scopes"))
        .forEach(name -> Scope.of(name).ifPresent(scopes::add));
    String tenant = row.getString("tenant_id");
    return new Entry(
        row.getLong("id"),
        row.getString("name"),
        tenant == null ? null : new TenantId(tenant),
        scopes,
        Arrays.stream(row.getArrayOfStrings("source_cidrs")).map(Cidr::parse).toList(),
        createdAt,
        revokedAt,
        lastUsedAt);
  }
}
