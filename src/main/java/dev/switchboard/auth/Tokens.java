package dev.switchboard.auth;

import dev.switchboard.config.AuthConfig;
import dev.switchboard.config.Secret;
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
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
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
 * {@code tenant_id}; {@code exp} and {@code jti} are as a person's. It is accepted only if signed
 * with this deployment's own secret, because an external issuer must not be able to grant the whole
 * API. Usable from every event loop.
 */
public final class Tokens {
  private final JWTAuth jwt;
  private final @Nullable JwksKeys jwks;
  private final boolean hasKeys;
  private final TokenClaims tokenClaims;
  private final Clock clock;

  /**
   * Reads the public key files; blocking.
   *
   * @param hmacSecret signs and verifies this deployment's own tokens, unless it is empty
   */
  public Tokens(Vertx vertx, AuthConfig config, Roles roles, Secret hmacSecret, Clock clock) {
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
    this.tokenClaims = new TokenClaims(roles, config.leeway(), clock);
    this.clock = clock;
  }

  private static PubSecKeyOptions publicKey(String file) {
    try {
      String pem = Files.readString(Path.of(file));
      byte[] der =
          Base64.getMimeDecoder()
              .decode(pem.replaceAll("-----[A-Z ]+-----", "").replaceAll("\\s", ""));
      // 1.2.840.10045.2.1 is the object identifier of EC keys.
      boolean elliptic = HexFormat.of().formatHex(der).contains("2a8648ce3d0201");
      return new PubSecKeyOptions().setAlgorithm(elliptic ? "ES256" : "RS256").setBuffer(pem);
    } catch (IOException | IllegalArgumentException e) {
      throw new IllegalArgumentException("auth.publicKeys: can't read a PEM key from " + file, e);
    }
  }

  /** Verifies a token; fails with {@link AuthException} if it is not valid. */
  public Future<Principal> verify(String token) {
    if (!hasKeys) {
      return refused("this server has no key to verify tokens with; set auth.jwtSecret");
    }
    // Composed, because the library throws if a claim has the wrong type.
    return verifier(token)
        .compose(key -> key.authenticate(new TokenCredentials(token)))
        .recover(failure -> Future.failedFuture(authException(token, failure)))
        .map(
            verified ->
                tokenClaims.principal(token, verified.attributes().getJsonObject("accessToken")));
  }

  private AuthException authException(String token, Throwable failure) {
    if (failure instanceof AuthException known) {
      return known;
    }
    boolean expired = TokenText.isExpired(token, clock.instant());
    return AuthException.refused(expired ? "the token has expired" : "the token is not valid");
  }

  /** Picks the keys: an external issuer's only for tokens that our own secret can't have signed. */
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

  /** Fetches an external issuer's keys, now and periodically; never fails. */
  public Future<Void> start(RepeatingTasks tasks) {
    return jwks == null ? Future.succeededFuture() : jwks.start(tasks);
  }

  /** Stops fetching an external issuer's keys. */
  public void stop() {
    if (jwks != null) {
      jwks.stop();
    }
  }

  /** Makes a person's token, signed with the deployment's secret. */
  public String mintUser(TenantId tenant, UserId user, String role, Duration lifetime) {
    return mint(
        Map.of("tenant_id", tenant.value(), "user_id", user.value(), "role", role), lifetime);
  }

  /** Makes a backend's token for one tenant, or for all if that is null. */
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
    return Future.failedFuture(AuthException.refused(message));
  }
}
