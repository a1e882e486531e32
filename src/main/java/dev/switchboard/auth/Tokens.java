package dev.switchboard.auth;

import dev.switchboard.auth.AuthException.Check;
import dev.switchboard.config.AuthConfig;
import dev.switchboard.config.ConfigException;
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
import io.vertx.ext.auth.jwt.JWTAuth;
import io.vertx.ext.auth.jwt.JWTAuthOptions;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
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
  /** Bounds the work for a token that names no key. */
  private static final int MAX_KEYS_TRIED = 16;

  private final AuthConfig config;
  private final @Nullable JWTAuth own;
  private final List<SigningKey> local;
  private final @Nullable JwksKeys jwks;
  private final TokenClaims tokenClaims;

  /**
   * Reads the public key files; blocking.
   *
   * @param hmacSecret signs and verifies this deployment's own tokens, unless it is empty
   * @throws ConfigException if a file of {@code auth.publicKeys} has no usable key
   */
  public Tokens(Vertx vertx, AuthConfig config, Roles roles, Secret hmacSecret, Clock clock) {
    this.config = config;
    this.own = hmacSecret.isSet() ? own(vertx, hmacSecret) : null;
    List<SigningKey> keys = new ArrayList<>(SigningKey.ofFiles(vertx, config.publicKeys()));
    if (own != null) {
      keys.add(SigningKey.ofSecret(own));
    }
    this.local = List.copyOf(keys);
    this.jwks =
        config.jwksUrl().isEmpty()
            ? null
            : new JwksKeys(vertx, config.jwksUrl(), config.jwksRefresh(), config.jwksPause());
    this.tokenClaims = new TokenClaims(config, roles, clock);
  }

  private static JWTAuth own(Vertx vertx, Secret secret) {
    return JWTAuth.create(
        vertx,
        new JWTAuthOptions()
            .setJWTOptions(new JWTOptions().setIgnoreExpiration(true))
            .addPubSecKey(
                new PubSecKeyOptions()
                    .setAlgorithm("HS256")
                    .setBuffer(Buffer.buffer(secret.reveal()))));
  }

  /**
   * Returns whether there are files of {@code auth.publicKeys}, after a check that each has a
   * usable key; blocking.
   *
   * @throws ConfigException naming the first that has none
   */
  public static boolean requirePublicKeys(Vertx vertx, AuthConfig config) {
    return !SigningKey.ofFiles(vertx, config.publicKeys()).isEmpty();
  }

  /** Verifies a token; fails with {@link AuthException} if it is not valid. */
  public Future<Principal> verify(String text) {
    if (local.isEmpty() && jwks == null) {
      return Future.failedFuture(
          AuthException.refused(
              Check.KEY, "this server has no key to verify tokens with; set auth.jwtSecret"));
    }
    return Future.succeededFuture()
        .compose(
            start -> {
              ParsedToken token = ParsedToken.of(text);
              return verifySignature(token).map(signed -> tokenClaims.principal(token));
            });
  }

  /**
   * Tries the keys that fit. Asks the issuer again if none of its keys does, or if the token does
   * not say which it is signed with; the secret signs HS256 tokens only, and no other key signs
   * those.
   */
  private Future<Void> verifySignature(ParsedToken token) {
    List<SigningKey> keys = fitting(token);
    if (isSigned(token, keys)) {
      return Future.succeededFuture();
    }
    JwksKeys issuer = jwks;
    if (issuer == null || token.algorithm().equals("HS256") || isKnownTo(issuer, token)) {
      return notSigned(keys);
    }
    return issuer.fetchUnlessRecent().transform(fetched -> verifyAgain(issuer, token));
  }

  private static boolean isKnownTo(JwksKeys issuer, ParsedToken token) {
    return token.keyId() != null && issuer.known().stream().anyMatch(key -> key.fits(token));
  }

  private Future<Void> verifyAgain(JwksKeys issuer, ParsedToken token) {
    List<SigningKey> keys = fitting(token);
    if (isSigned(token, keys)) {
      return Future.succeededFuture();
    }
    return issuer.everFetched()
        ? notSigned(keys)
        : Future.failedFuture(
            AuthException.unavailable("the issuer's keys can't be fetched at the moment"));
  }

  private List<SigningKey> fitting(ParsedToken token) {
    Stream<SigningKey> published = jwks == null ? Stream.empty() : jwks.known().stream();
    return Stream.concat(local.stream(), published)
        .filter(key -> key.fits(token))
        .limit(MAX_KEYS_TRIED)
        .toList();
  }

  private static boolean isSigned(ParsedToken token, List<SigningKey> keys) {
    return keys.stream().anyMatch(key -> key.verifies(token));
  }

  private static Future<Void> notSigned(List<SigningKey> keys) {
    return Future.failedFuture(
        AuthException.refused(
            keys.isEmpty() ? Check.KEY : Check.SIGNATURE, "the token is not valid"));
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
    if (lifetime.toSeconds() < 1) {
      throw new IllegalArgumentException("must be at least 1s");
    }
    if (own == null) {
      throw new IllegalStateException("no secret to sign tokens with");
    }
    return own.generateToken(
        new JsonObject(new HashMap<>(claims)).put("jti", UUID.randomUUID().toString()),
        minted(lifetime));
  }

  private JWTOptions minted(Duration lifetime) {
    JWTOptions options =
        new JWTOptions()
            .setAlgorithm("HS256")
            .setExpiresInSeconds(Math.toIntExact(lifetime.toSeconds()));
    if (!config.issuer().isEmpty()) {
      options.setIssuer(config.issuer());
    }
    return config.audience().isEmpty() ? options : options.addAudience(config.audience());
  }
}
