package dev.switchboard.auth;

import dev.switchboard.event.InvalidNameException;
import dev.switchboard.event.TenantId;
import dev.switchboard.event.UserId;
import dev.switchboard.redis.ControlChannel;
import io.vertx.core.json.JsonObject;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import org.jspecify.annotations.Nullable;

/** Makes principals from the claims of verified tokens. Usable from every thread. */
final class TokenClaims {
  private static final String DEFAULT_ROLE = "agent";

  /** End of the year 9999; the "never" of an issuer can be beyond the range of {@link Instant}. */
  private static final long MAX_EXPIRY_SECONDS = 253_402_300_799L;

  private final Roles roles;
  private final Duration leeway;
  private final Clock clock;

  TokenClaims(Roles roles, Duration leeway, Clock clock) {
    this.roles = roles;
    this.leeway = leeway;
    this.clock = clock;
  }

  /**
   * Makes the principal of a token whose signature was verified.
   *
   * @throws AuthException if a claim is missing, malformed or not allowed
   */
  Principal principal(String token, JsonObject claims) {
    try {
      long expires = expiry(claims);
      return Boolean.TRUE.equals(claims.getValue("svc"))
          ? service(token, claims)
          : user(claims, expires);
    } catch (InvalidNameException | ClassCastException e) {
      throw AuthException.refused("the token's claims are malformed: " + e.getMessage());
    }
  }

  private long expiry(JsonObject claims) {
    Long expires = claims.getLong("exp");
    if (expires == null) {
      throw AuthException.refused("the token has no exp claim");
    }
    if (outlivesRevocations(claims, expires)) {
      throw AuthException.refused(
          "the token lives longer than "
              + ControlChannel.REVOCATIONS_KEPT.toDays()
              + " days, the time for which a revocation is stored");
    }
    return Math.min(expires, MAX_EXPIRY_SECONDS);
  }

  /** A token that does not say when it was issued counts as issued now. */
  private boolean outlivesRevocations(JsonObject claims, long expires) {
    long now = clock.instant().getEpochSecond();
    Long issued = claims.getLong("iat");
    long from = issued == null ? now : Math.max(0, Math.min(issued, now));
    return Math.min(expires, MAX_EXPIRY_SECONDS) - from
        > ControlChannel.REVOCATIONS_KEPT.plus(leeway).toSeconds();
  }

  private static Principal service(String token, JsonObject claims) {
    if (!"HS256".equals(TokenText.header(token).getString("alg"))) {
      throw AuthException.refused("service tokens must be signed with auth.jwtSecret");
    }
    String tenant = text(claims, "tenant_id");
    String id = text(claims, "jti");
    return new Principal.Service(
        "service token " + (id == null ? TokenText.digest(token) : id),
        tenant == null ? null : new TenantId(tenant),
        EnumSet.allOf(Scope.class),
        id);
  }

  private Principal user(JsonObject claims, long expires) {
    String tenant = text(claims, "tenant_id");
    String user = text(claims, claims.containsKey("user_id") ? "user_id" : "sub");
    if (tenant == null || user == null) {
      throw AuthException.refused("the token needs the claims tenant_id and user_id (or sub)");
    }
    String role = text(claims, "role");
    if (Roles.VISITOR.equals(role)) {
      throw AuthException.refused(
          "a token can't have the role visitor; visitors connect with a widget key");
    }
    Long issued = claims.getLong("iat");
    return new Principal.User(
        new TenantId(tenant),
        new UserId(user),
        roles.of(role == null ? DEFAULT_ROLE : role),
        issued == null ? Instant.EPOCH : Instant.ofEpochSecond(issued),
        Instant.ofEpochSecond(expires),
        text(claims, "jti"));
  }

  /** Ids may be JSON numbers. */
  private static @Nullable String text(JsonObject claims, String name) {
    Object value = claims.getValue(name);
    return value instanceof String || value instanceof Integer || value instanceof Long
        ? value.toString()
        : null;
  }
}
