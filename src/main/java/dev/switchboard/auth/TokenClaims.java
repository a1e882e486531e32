package dev.switchboard.auth;

import dev.switchboard.auth.AuthException.Check;
import dev.switchboard.auth.ParsedToken.Claims;
import dev.switchboard.config.AuthConfig;
import dev.switchboard.event.InvalidNameException;
import dev.switchboard.event.Reason;
import dev.switchboard.event.TenantId;
import dev.switchboard.event.UserId;
import dev.switchboard.redis.ControlChannel;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Makes principals from the claims of verified tokens. Usable from every thread. */
final class TokenClaims {
  private static final String DEFAULT_ROLE = "agent";

  private final AuthConfig config;
  private final SharedValues<Role> roles;
  private final SharedValues<TenantId> tenants = new SharedValues<>(TenantId::new);
  private final Clock clock;

  TokenClaims(AuthConfig config, Roles roles, Clock clock) {
    this.config = config;
    this.roles = new SharedValues<>(roles::of);
    this.clock = clock;
  }

  /**
   * Makes the principal of a token whose signature was verified.
   *
   * @throws AuthException if a claim is missing, malformed or not allowed
   */
  Principal principal(ParsedToken token) {
    Claims claims = new Claims(token.claims());
    requireParties(claims);
    Instant issued = claims.time("iat");
    Instant expires = requireTimes(claims, issued);
    try {
      return claims.flag("svc") ? service(token, claims, expires) : user(claims, issued, expires);
    } catch (InvalidNameException e) {
      throw AuthException.refused(
          Check.CLAIMS, "the token's claims are malformed: " + Reason.of(e));
    }
  }

  private void requireParties(Claims claims) {
    if (!config.issuer().isEmpty() && !config.issuer().equals(claims.text("iss"))) {
      throw AuthException.refused(
          Check.ISSUER, "the token is of another issuer (iss) than auth.issuer");
    }
    if (!config.audience().isEmpty() && !claims.names("aud", config.audience())) {
      throw AuthException.refused(
          Check.AUDIENCE, "the token is for another audience (aud) than auth.audience");
    }
  }

  /** Returns when the token expires, or expired within the leeway. */
  private Instant requireTimes(Claims claims, @Nullable Instant issued) {
    Instant now = clock.instant();
    Instant expires = claims.time("exp");
    if (expires == null) {
      throw AuthException.refused(Check.EXPIRY, "the token has no exp claim");
    }
    if (!now.isBefore(expires.plus(config.leeway()))) {
      throw AuthException.refused(Check.EXPIRY, "the token has expired");
    }
    Instant begins = claims.time("nbf");
    requirePast(begins, Check.NOT_BEFORE, "the token is not valid yet (nbf)");
    requirePast(issued, Check.ISSUED_AT, "the token was issued in the future (iat)");
    requireEndAfter(issued, expires);
    requireEndAfter(begins, expires);
    requireRevocable(issued == null || issued.isAfter(now) ? now : issued, expires);
    return expires;
  }

  private void requirePast(@Nullable Instant time, Check check, String message) {
    if (time != null && time.isAfter(clock.instant().plus(config.leeway()))) {
      throw AuthException.refused(
          check, message + "; compare the issuer's clock with the server's");
    }
  }

  private static void requireEndAfter(@Nullable Instant begin, Instant expires) {
    if (begin != null && expires.isBefore(begin)) {
      throw AuthException.refused(
          Check.LIFETIME, "the token expires (exp) before it was issued (iat) or is valid (nbf)");
    }
  }

  /** A token that does not say when it was issued counts as issued now. */
  private void requireRevocable(Instant from, Instant expires) {
    Instant start = from.isBefore(Instant.EPOCH) ? Instant.EPOCH : from;
    Duration life = Duration.between(start, expires);
    if (life.compareTo(ControlChannel.REVOCATIONS_KEPT.plus(config.leeway())) > 0) {
      throw AuthException.refused(
          Check.LIFETIME,
          "the token lives longer than "
              + ControlChannel.REVOCATIONS_KEPT.toDays()
              + " days, the time for which a revocation is stored");
    }
  }

  private Principal service(ParsedToken token, Claims claims, Instant expires) {
    if (!token.algorithm().equals("HS256")) {
      throw AuthException.refused(
          Check.ALGORITHM, "service tokens must be signed with auth.jwtSecret");
    }
    String tenant = claims.id("tenant_id");
    if (tenant == null && claims.has("tenant_id")) {
      throw AuthException.refused(
          Check.CLAIMS, "the claim tenant_id is null; leave it out for a token of all tenants");
    }
    String id = claims.id("jti");
    return new Principal.Service(
        "service token " + (id == null ? token.digest() : id),
        tenant == null ? null : tenants.of(tenant),
        EnumSet.allOf(Scope.class),
        id,
        expires);
  }

  private Principal user(Claims claims, @Nullable Instant issued, Instant expires) {
    String tenant = claims.id("tenant_id");
    String id = claims.id("user_id");
    String user = id == null ? claims.id("sub") : id;
    if (tenant == null || user == null) {
      throw AuthException.refused(
          Check.CLAIMS, "the token needs the claims tenant_id and user_id (or sub)");
    }
    String role = claims.text("role");
    if (Roles.VISITOR.equals(role)) {
      throw AuthException.refused(
          Check.CLAIMS, "a token can't have the role visitor; visitors connect with a widget key");
    }
    return new Principal.User(
        tenants.of(tenant),
        new UserId(user),
        roles.of(role == null ? DEFAULT_ROLE : role),
        issued == null ? Instant.EPOCH : issued,
        expires,
        claims.id("jti"));
  }

  /**
   * Reads texts that come again and again. Equal texts get the same value, which then takes the
   * memory of one, however many sessions hold it.
   */
  static final class SharedValues<V> {
    /** Values kept at most; one more drops them all, and they are read again when needed. */
    private static final int MAX_VALUES = 10_000;

    private final ConcurrentMap<String, V> values = new ConcurrentHashMap<>();
    private final Function<String, V> reader;

    SharedValues(Function<String, V> reader) {
      this.reader = reader;
    }

    /** Returns the value of {@code text}; throws what the reader throws. */
    V of(String text) {
      V known = values.get(text);
      if (known != null) {
        return known;
      }
      if (values.size() >= MAX_VALUES) {
        values.clear();
      }
      return values.computeIfAbsent(text, reader);
    }
  }
}
