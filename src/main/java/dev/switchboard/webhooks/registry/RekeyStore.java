package dev.switchboard.webhooks.registry;

import dev.switchboard.postgres.Database;
import dev.switchboard.sealing.SecretSeal;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import org.jspecify.annotations.Nullable;

/**
 * Seals the secrets of the table {@code webhooks} with a new key, also while others change its
 * rows: a row that changed meanwhile is left to the next run.
 */
public final class RekeyStore {
  private static final String SEALED =
      """
      SELECT id, tenant_id, version, secret, previous_secret, ed25519_key, headers, client_certificate,
        client_key
      FROM webhooks
      WHERE id > $1 ORDER BY id LIMIT $2\
      """;

  private static final String RESEAL =
      """
      UPDATE webhooks
      SET secret = $3, previous_secret = $4, ed25519_key = $5, headers = $6, client_certificate = $7,
          client_key = $8
      WHERE id = $1 AND version = $2\
      """;

  private static final int MAX_ROWS_PER_STATEMENT = 500;

  private final Database database;
  private final SecretSeal secretSeal;

  /** Over the node's pool; the first key of {@code secretSeal} seals. */
  public RekeyStore(Database database, SecretSeal secretSeal) {
    this.database = database;
    this.secretSeal = secretSeal;
  }

  /**
   * Seals every secret with the first key, whether an older key sealed it or it is plain text.
   *
   * @return how many webhooks changed
   */
  public Future<Integer> rekey() {
    return rekeyFrom(0, 0);
  }

  private Future<Integer> rekeyFrom(long after, int changedSoFar) {
    return database
        .query(SEALED, Tuple.of(after, MAX_ROWS_PER_STATEMENT))
        .compose(
            rows -> {
              Future<Integer> changed = Future.succeededFuture(changedSoFar);
              long last = after;
              for (Row row : rows) {
                last = row.getLong("id");
                changed = changed.compose(count -> reseal(row).map(done -> count + done));
              }
              long next = last;
              return rows.size() < MAX_ROWS_PER_STATEMENT
                  ? changed
                  : changed.compose(count -> rekeyFrom(next, count));
            });
  }

  private Future<Integer> reseal(Row row) {
    return isOutdated(row)
        ? database.query(RESEAL, resealed(row)).map(RowSet::rowCount)
        : Future.succeededFuture(0);
  }

  private boolean isOutdated(Row row) {
    return secretSeal.isOutdated(row.getString("secret"))
        || secretSeal.isOutdated(row.getString("previous_secret"))
        || secretSeal.isOutdated(row.getString("ed25519_key"))
        || secretSeal.isOutdated(row.getString("client_certificate"))
        || secretSeal.isOutdated(row.getString("client_key"))
        || headers(row).stream()
            .anyMatch(
                header ->
                    header.getValue() instanceof String value && secretSeal.isOutdated(value));
  }

  private Tuple resealed(Row row) {
    String owner = row.getString("tenant_id");
    JsonObject freshHeaders = new JsonObject();
    headers(row)
        .forEach(header -> freshHeaders.put(header.getKey(), freshValue(header.getValue(), owner)));
    return Tuple.of(
        row.getLong("id"),
        row.getLong("version"),
        fresh(row.getString("secret"), owner),
        fresh(row.getString("previous_secret"), owner),
        fresh(row.getString("ed25519_key"), owner),
        freshHeaders,
        fresh(row.getString("client_certificate"), owner),
        fresh(row.getString("client_key"), owner));
  }

  private static JsonObject headers(Row row) {
    return (JsonObject) row.getJson("headers");
  }

  /** Plain SQL may have stored a value that is not a string; it stays. */
  private @Nullable Object freshValue(Object stored, String owner) {
    return stored instanceof String text ? fresh(text, owner) : stored;
  }

  private @Nullable String fresh(@Nullable String stored, String owner) {
    return secretSeal.isOutdated(stored)
        ? secretSeal.seal(secretSeal.open(stored, owner), owner)
        : stored;
  }
}
