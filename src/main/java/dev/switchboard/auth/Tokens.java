package dev.switchboard.auth;

import dev.switchboard.config.AuthConfig;
import dev.switchboard.config.Secret;
import dev.switchboard.event.InvalidNameException;
import dev.switchboard.event.TenantId;
import dev.switchboard.event.UserId;
import dev.switchboard.redis.ControlChannel;
import dev.switchboard.time.RepeatingTasks;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.auth.JWTOptions;
import io.vertx.ext.auth.PubSecKeyOptions;
import io.vertx.ext.auth.authentication.TokenCredentials;
import io.vertx.ext.auth.jwt.JWTAuth;
import io.vertx.ext.auth.jwt.JWTAuthOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Verifies and mints JSON Web Tokens.
 *
 * <p>Claims of a person: {@code tenant_id}, {@code user_id} or {@code sub}, {@code role} (default
 * {@code agent}), {@code exp}. A backend's token has {@code "svc": true} and, for one tenant only,
 * {@code tenant_id}; {@code exp} and {@code jti} are as a person's. It is taken only if signed with
 * this deployment's own secret, because an outside issuer must not be able to hand out the whole
 * API. Usable from every event loop.
 */
public final class Tokens {
  private static final String DEFAULT_ROLE = "agent";

  /** Year 9999; an issuer's "never" can lie beyond what a moment holds. */
  private static final long LATEST_EXPIRY = 253_402_300_799L;

  private final JWTAuth jwt;
  private final @Nullable JwksKeys jwks;
  private final boolean hasKeys;
  private final Roles roles;
  private final Duration leeway;

  /** Reads the public key files at once; blocking. */
  public Tokens(Vertx vertx, AuthConfig config, Roles roles, Secret hmacSecret) {
    JWTOptions claims = new JWTOptions().setLeeway(Math.toIntExact(config.leeway().toSeconds()));
    if (!config.issuer().isEmpty()) {
      claims.setIssuer(config.issuer());
    }
    if (!config.audience().isEmpty()) {
      claims.addAudience(config.audience());
    }
    JWTAuthOptions options = new JWTAuthOptions().setJWTOptions(claims);
    if (hmacSecret.isSet()) {
      options.addPubSecKey(
          new PubSecKeyOptions()
              .setAlgorithm("HS256")
              .setBuffer(Buffer.buffer(hmacSecret.reveal())));
    }
    for (String file : config.publicKeys()) {
      options.addPubSecKey(publicKey(file));
    }
    this.jwks =
        config.jwksUrl().isEmpty()
            ? null
            : new JwksKeys(
                vertx, config.jwksUrl(), config.jwksRefresh(), config.jwksPause(), claims);
    this.hasKeys = hmacSecret.isSet() || !config.publicKeys().isEmpty() || jwks != null;
    this.jwt = JWTAuth.create(vertx, options);
    this.roles = roles;
    this.leeway = config.leeway();
  }

  private static PubSecKeyOptions publicKey(String file) {
    try {
      String pem = Files.readString(Path.of(file));
      byte[] der =
          Base64.getMimeDecoder()
              .decode(pem.replaceAll("-----[A-Z ]+-----", "").replaceAll("\\s", ""));
      // The object identifier of EC keys, 1.2.840.10045.2.1.
      boolean elliptic = HexFormat.of().formatHex(der).contains("2a8648ce3d0201");
      return new PubSecKeyOptions().setAlgorithm(elliptic ? "ES256" : "RS256").setBuffer(pem);
    } catch (IOException | IllegalArgumentException e) {
      throw new IllegalArgumentException("auth.publicKeys: can't read a PEM key from " + file, e);
    }
  }

  /** Proves a token; fails with {@link AuthException}. */
  public Future<Principal> verify(String token) {
    if (!hasKeys) {
      return refused("this server has no key to check tokens with; set auth.jwtSecret");
    }
    // Composed, because the library throws at claims of a wrong type.
    return verifier(token)
        .compose(key -> key.authenticate(new TokenCredentials(token)))
        .transform(
            checked -> {
              if (checked.failed()) {
                return checked.cause() instanceof AuthException undecided
                    ? Future.failedFuture(undecided)
                    : refused(
                        TokenText.isExpired(token)
                            ? "the token has expired"
                            : "the token is not valid");
              }
              return principal(token, checked.result().attributes().getJsonObject("accessToken"));
            });
  }

  /** An outside issuer's keys are asked only for tokens that no secret of ours can have signed. */
  private Future<JWTAuth> verifier(String token) {
    JsonObject header = TokenText.header(token);
    boolean symmetric = String.valueOf(header.getValue("alg")).startsWith("HS");
    if (jwks == null || symmetric) {
      return Future.succeededFuture(jwt);
    }
    Object id = header.getValue("kid");
    return jwks.key(id == null ? null : id.toString())
        .map((@Nullable JWTAuth key) -> key == null ? jwt : key);
  }

  /** Reads an outside issuer's keys, and goes on reading them; never fails. */
  public Future<Void> start(RepeatingTasks tasks) {
    return jwks == null ? Future.succeededFuture() : jwks.start(tasks);
  }

  /** No further looks at an outside issuer's keys. */
  public void stop() {
    if (jwks != null) {
      jwks.stop();
    }
  }

  private Future<Principal> principal(String token, JsonObject claims) {
    try {
      Long expires = claims.getLong("exp");
      if (expires == null) {
        return refused("the token has no exp claim");
      }
      if (outlivesRevocations(claims, expires)) {
        return refused(
            "the token lives longer than "
                + ControlChannel.REVOCATIONS_KEPT.toDays()
                + " days; a revocation of it would be forgotten before its end");
      }
      if (Boolean.TRUE.equals(claims.getValue("svc"))) {
        return service(token, claims);
      }
      String tenant = text(claims, "tenant_id");
      String user = claims.containsKey("user_id") ? text(claims, "user_id") : text(claims, "sub");
      if (tenant == null || user == null) {
        return refused("the token needs the claims tenant_id and user_id (or sub)");
      }
      String role = text(claims, "role");
      if (Roles.VISITOR.equals(role)) {
        return refused("no token may have the role visitor; visitors come with a widget key");
      }
      Long issued = claims.getLong("iat");
      return Future.succeededFuture(
          new Principal.User(
              new TenantId(tenant),
              new UserId(user),
              roles.of(role == null ? DEFAULT_ROLE : role),
              issued == null ? Instant.EPOCH : Instant.ofEpochSecond(issued),
              Instant.ofEpochSecond(Math.min(expires, LATEST_EXPIRY)),
              text(claims, "jti")));
    } catch (InvalidNameException | ClassCastException e) {
      return refused("the token's claims are malformed: " + e.getMessage());
    }
  }

  private static Future<Principal> service(String token, JsonObject claims) {
    if (!"HS256".equals(TokenText.header(token).getString("alg"))) {
      return refused("service tokens must be signed with auth.jwtSecret");
    }
    String tenant = text(claims, "tenant_id");
    String id = text(claims, "jti");
    return Future.succeededFuture(
        new Principal.Service(
            "service token " + (id == null ? TokenText.digest(token) : id),
            tenant == null ? null : new TenantId(tenant),
            EnumSet.allOf(Scope.class),
            id));
  }

  /** Ids may be JSON numbers. */
  private static @Nullable String text(JsonObject claims, String name) {
    Object value = claims.getValue(name);
    if (value instanceof String || value instanceof Integer || value instanceof Long) {
      return value.toString();
    }
    return null;
  }

  /** Of a token that does not say when it was made, what is left of its life must be short. */
  private boolean outlivesRevocations(JsonObject claims, long expires) {
    long now = System.currentTimeMillis() / 1_000;
    Long issued = claims.getLong("iat");
    long from = issued == null ? now : Math.max(0, Math.min(issued, now));
    return Math.min(expires, LATEST_EXPIRY) - from
        > ControlChannel.REVOCATIONS_KEPT.plus(leeway).toSeconds();
  }

  /** Mints a person's token with the deployment's secret. */
  public String mintUser(TenantId tenant, UserId user, String role, Duration lifetime) {
    return mint(
        Map.of("tenant_id", tenant.value(), "user_id", user.value(), "role", role), lifetime);
  }

  /** Mints a backend's token for one tenant, or for all if null. */
  public String mintService(@Nullable TenantId tenant, Duration lifetime) {
    return mint(
        tenant == null ? Map.of("svc", true) : Map.of("svc", true, "tenant_id", tenant.value()),
        lifetime);
  }

  private String mint(Map<String, Object> claims, Duration lifetime) {
    if (lifetime.compareTo(ControlChannel.REVOCATIONS_KEPT) > 0) {
      throw new IllegalArgumentException(
          "must not be longer than " + ControlChannel.REVOCATIONS_KEPT.toDays() + "d");
    }
    return jwt.generateToken(
        new JsonObject(new HashMap<>(claims)).put("jti", UUID.randomUUID().toString()),
        new JWTOptions()
            .setAlgorithm("HS256")
            .setExpiresInSeconds(Math.toIntExact(lifetime.toSeconds())));
  }

  private static Future<Principal> refused(String message) {
    return Future.failedFuture(new AuthException(AuthException.Kind.REFUSED, message));
  }
}
