package dev.switchboard.auth.console;

import static java.util.Objects.requireNonNull;

import dev.switchboard.auth.Roles;
import dev.switchboard.event.TenantId;
import dev.switchboard.redis.Keys;
import dev.switchboard.redis.RedisCommands;
import dev.switchboard.redis.Reply;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The portals in Redis: first under a ticket for one use, then under a token. Belongs to one event
 * loop. Its futures fail if Redis does.
 *
 * <p>Portals are ended by a count: each portal holds how often those of its tenant and of its user
 * had been ended when it was made, and is valid while that is so. None can be missed, also one that
 * is being opened at that time.
 */
public final class PortalStore {
  private static final Duration TICKET_LIFETIME = Duration.ofMinutes(2);

  /** Longer than the maximum lifetime of a portal. */
  private static final long COUNTS_KEPT_SECONDS = Duration.ofDays(1).toSeconds();

  private static final String PORTAL = "portal";
  private static final String APPEARANCE = "appearance";
  private static final String ENDED = "ended";

  private final RedisCommands redis;
  private final Keys keys;
  private final Roles roles;
  private final Clock clock;

  /** Over the commands of one event loop. */
  public PortalStore(RedisCommands redis, Keys keys, Roles roles, Clock clock) {
    this.redis = redis;
    this.keys = keys;
    this.roles = roles;
    this.clock = clock;
  }

  /**
   * A portal that was opened.
   *
   * @param token for the pages' requests
   * @param appearance as it was given to {@link #issue}
   */
  public record Opened(Portal portal, OpaqueSecret token, JsonObject appearance) {}

  /**
   * Issues a ticket that opens the portal once, within two minutes.
   *
   * @param appearance what the pages are told besides
   */
  public Future<OpaqueSecret> issue(Portal portal, JsonObject appearance) {
    OpaqueSecret ticket = OpaqueSecret.generate("");
    return endedCounts(portal.tenant(), portal.user())
        .compose(
            counts ->
                redis.send(
                    "set",
                    List.of(
                        keys.portalTicket(ticket.hash()),
                        stored(portal, counts).put(APPEARANCE, appearance).encode(),
                        "px",
                        millisLeft(portal, TICKET_LIFETIME))))
        .compose(
            stored ->
                redis.send(
                    "expire", List.of(keys.portalsEnded(portal.tenant()), COUNTS_KEPT_SECONDS)))
        .map(kept -> ticket);
  }

  private static JsonObject stored(Portal portal, JsonArray counts) {
    return new JsonObject().put(PORTAL, portal.write()).put(ENDED, counts);
  }

  private long millisLeft(Portal portal, Duration atMost) {
    Duration left = Duration.between(clock.instant(), portal.expires());
    return Math.max(1, Math.min(left.toMillis(), atMost.toMillis()));
  }

  /** Opens the portal of a ticket and uses the ticket up; empty if it is not valid. */
  public Future<Optional<Opened>> open(String ticket) {
    return redis
        .send("getdel", List.of(keys.portalTicket(new OpaqueSecret(ticket).hash())))
        .compose(this::valid)
        .compose(
            found ->
                found.isPresent()
                    ? keep(found.get()).map(Optional::of)
                    : Future.succeededFuture(Optional.empty()));
  }

  private Future<Opened> keep(Stored stored) {
    OpaqueSecret token = OpaqueSecret.generate(Portal.PREFIX);
    Portal portal = stored.portal();
    Duration left = Duration.between(clock.instant(), portal.expires());
    return redis
        .send(
            "set",
            List.of(
                keys.portal(token.hash()),
                stored(portal, stored.ended()).encode(),
                "px",
                millisLeft(portal, left)))
        .map(kept -> new Opened(portal, token, stored.appearance()));
  }

  /** Returns the portal of a token; empty if it has ended. */
  public Future<Optional<Portal>> find(String token) {
    return redis
        .send("get", List.of(keys.portal(new OpaqueSecret(token).hash())))
        .compose(this::valid)
        .map(found -> found.map(Stored::portal));
  }

  /**
   * A portal as it is stored.
   *
   * @param ended the counts when it was made
   * @param appearance only that of a ticket is stored
   */
  private record Stored(Portal portal, JsonArray ended, JsonObject appearance) {}

  private Future<Optional<Stored>> valid(Reply reply) {
    return StoredRecord.read("portal", reply, this::read)
        .filter(stored -> clock.instant().isBefore(stored.portal().expires()))
        .map(this::unlessEnded)
        .orElse(Future.succeededFuture(Optional.empty()));
  }

  private Stored read(JsonObject json) {
    return new Stored(
        Portal.read(json.getJsonObject(PORTAL), roles),
        requireNonNull(json.getJsonArray(ENDED)),
        requireNonNull(json.getJsonObject(APPEARANCE, new JsonObject())));
  }

  private Future<Optional<Stored>> unlessEnded(Stored stored) {
    return endedCounts(stored.portal().tenant(), stored.portal().user())
        .map(counts -> Optional.of(stored).filter(same -> counts.equals(same.ended())));
  }

  private Future<JsonArray> endedCounts(TenantId tenant, @Nullable String user) {
    List<String> arguments = new ArrayList<>(List.of(keys.portalsEnded(tenant), field(null)));
    if (user != null) {
      arguments.add(field(user));
    }
    return redis
        .send("hmget", arguments)
        .map(
            reply -> {
              JsonArray counts = new JsonArray();
              reply.list().forEach(count -> counts.add(count.isNil() ? "0" : count.text()));
              return counts;
            });
  }

  private static String field(@Nullable String user) {
    return user == null ? "all" : "user:" + user;
  }

  /** Ends all portals of the tenant, or those of one user, whether opened or not. */
  public Future<Void> endAll(TenantId tenant, @Nullable String user) {
    String key = keys.portalsEnded(tenant);
    return redis
        .send("hincrby", List.of(key, field(user), 1))
        .compose(ended -> redis.send("expire", List.of(key, COUNTS_KEPT_SECONDS)))
        .mapEmpty();
  }
}
