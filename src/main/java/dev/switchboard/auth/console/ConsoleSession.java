package dev.switchboard.auth.console;

import dev.switchboard.auth.Roles;
import dev.switchboard.event.TenantId;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A session of the operators' console. It grants nothing by itself: at each request its credential
 * decides.
 *
 * @param key hexadecimal SHA-256 of the cookie
 * @param credential the key or token that it was opened with
 * @param tenant the only tenant of that credential; null for all
 * @param opened how, from where and until when
 * @param seen when it was last used, to some minutes
 */
public record ConsoleSession(
    String key, Credential credential, @Nullable TenantId tenant, Opened opened, Instant seen) {
  private static final int ID_LENGTH = 16;

  /**
   * How a session was opened.
   *
   * @param kind kind of its credential, or {@code ticket}
   * @param name name of its caller
   * @param address of the browser; empty if it is unknown
   * @param userAgent of the browser, cut
   * @param at when
   * @param expires when it ends, however much it is used
   */
  public record Opened(
      String kind, String name, String address, String userAgent, Instant at, Instant expires) {}

  /** Names the session in the API and in the audit log; of no use to sign in. */
  public String id() {
    return idOf(key);
  }

  static String idOf(String key) {
    return key.substring(0, Math.min(ID_LENGTH, key.length()));
  }

  ConsoleSession seenAt(Instant now) {
    return new ConsoleSession(key, credential, tenant, opened, now);
  }

  String write() {
    return new JsonObject()
        .put("credential", credential.toJson())
        .put("tenant", tenant == null ? null : tenant.value())
        .put("kind", opened.kind())
        .put("name", opened.name())
        .put("address", opened.address())
        .put("agent", opened.userAgent())
        .put("at", opened.at().toEpochMilli())
        .put("expires", opened.expires().toEpochMilli())
        .put("seen", seen.toEpochMilli())
        .encode();
  }

  /** Throws a {@link RuntimeException} if the JSON is malformed. */
  static ConsoleSession read(String key, JsonObject json, Roles roles) {
    String tenant = json.getString("tenant");
    return new ConsoleSession(
        key,
        Credential.read(json.getJsonObject("credential"), roles),
        tenant == null ? null : new TenantId(tenant),
        new Opened(
            json.getString("kind", ""),
            json.getString("name", ""),
            json.getString("address", ""),
            json.getString("agent", ""),
            Instant.ofEpochMilli(json.getLong("at", 0L)),
            Instant.ofEpochMilli(json.getLong("expires", 0L))),
        Instant.ofEpochMilli(json.getLong("seen", 0L)));
  }
}
