package dev.switchboard.auth;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.config.AuthConfig;
import dev.switchboard.config.ConfigLoader;
import dev.switchboard.config.Secret;
import dev.switchboard.event.TenantId;
import dev.switchboard.support.TestIssuer;
import dev.switchboard.time.LoopScheduler;
import dev.switchboard.time.RepeatingTasks;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Key;
import java.security.PublicKey;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jwk.EcJwkGenerator;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.jwk.RsaJwkGenerator;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.NumericDate;
import org.jose4j.jwt.consumer.InvalidJwtException;
import org.jose4j.jwt.consumer.JwtConsumer;
import org.jose4j.jwt.consumer.JwtConsumerBuilder;
import org.jose4j.jwx.JsonWebStructure;
import org.jose4j.keys.EllipticCurves;
import org.jose4j.keys.HmacKey;
import org.jose4j.lang.JoseException;
import org.jspecify.annotations.Nullable;

/**
 * The decision table of tokens: whatever the algorithm, source of the key, {@code kid}, times and
 * claims, a token is accepted exactly if jose4j, given the keys that may have signed it, accepts
 * it.
 */
class TokenDecisionsTest {
  private static final long NOW = 1_800_000_000;
  private static final int LEEWAY = 5;
  private static final String SECRET = "0123456789abcdef0123456789abcdef";
  private static final String ISSUER = "https://login.example.com";
  private static final Map<String, Signer> SIGNERS = signers();

  private static final Vertx vertx = Vertx.vertx();
  private static final TestIssuer issuer = new TestIssuer();
  private static @Nullable Tokens tokens;

  /** A key pair or secret, and where its public half is. */
  private record Signer(Source source, @Nullable String id, Key signs, Key verifies, String alg) {}

  private enum Source {
    SECRET,
    FILE,
    ISSUER,
    NOWHERE
  }

  /** What a test token consists of. */
  record Sample(
      String signer, String alg, @Nullable String kid, String headerExtra, JsonObject claims) {}

  private static Map<String, Signer> signers() {
    try {
      HmacKey secret = new HmacKey(SECRET.getBytes(UTF_8));
      HmacKey other = new HmacKey((SECRET + "x").getBytes(UTF_8));
      return Map.of(
          "secret", new Signer(Source.SECRET, null, secret, secret, "HS256"),
          "other secret", new Signer(Source.NOWHERE, null, other, other, "HS256"),
          "rsa file", signer(Source.FILE, null, RsaJwkGenerator.generateJwk(2048), "RS256"),
          "ec file",
              signer(Source.FILE, null, EcJwkGenerator.generateJwk(EllipticCurves.P256), "ES256"),
          "rsa shared", signer(Source.ISSUER, "shared", RsaJwkGenerator.generateJwk(2048), "RS256"),
          "ec shared",
              signer(
                  Source.ISSUER,
                  "shared",
                  EcJwkGenerator.generateJwk(EllipticCurves.P256),
                  "ES256"),
          "p384",
              signer(
                  Source.ISSUER, "p384", EcJwkGenerator.generateJwk(EllipticCurves.P384), "ES384"),
          "nameless", signer(Source.ISSUER, null, RsaJwkGenerator.generateJwk(2048), "PS256"),
          "foreign rsa", signer(Source.NOWHERE, null, RsaJwkGenerator.generateJwk(2048), "RS256"),
          "foreign ec",
              signer(
                  Source.NOWHERE, null, EcJwkGenerator.generateJwk(EllipticCurves.P256), "ES256"));
    } catch (JoseException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Signer signer(
      Source source, @Nullable String id, PublicJsonWebKey key, String alg) {
    return new Signer(source, id, key.getPrivateKey(), key.getPublicKey(), alg);
  }

  @BeforeContainer
  static void publish() throws Exception {
    List<JsonObject> published = new ArrayList<>();
    JsonArray files = new JsonArray();
    for (Signer signer : SIGNERS.values()) {
      if (signer.source() == Source.ISSUER) {
        PublicJsonWebKey key = PublicJsonWebKey.Factory.newPublicJwk(signer.verifies());
        JsonObject jwk = new JsonObject(key.toJson());
        published.add(signer.id() == null ? jwk : jwk.put("kid", signer.id()));
      } else if (signer.source() == Source.FILE) {
        files.add(pem((PublicKey) signer.verifies()).toString());
      }
    }
    issuer.publish(published.toArray(JsonObject[]::new));
    JsonObject auth =
        new JsonObject()
            .put("jwksUrl", issuer.url())
            .put("publicKeys", files)
            .put("issuer", ISSUER)
            .put("audience", "switchboard")
            .put("leeway", LEEWAY + "s");
    AuthConfig config =
        ConfigLoader.bind("test", new JsonObject().put("auth", auth), name -> null).auth();
    Clock clock = Clock.fixed(Instant.ofEpochSecond(NOW), ZoneOffset.UTC);
    Tokens made = new Tokens(vertx, config, new Roles(config.roles()), new Secret(SECRET), clock);
    tokens = made;
    Object unused =
        await(
            made.start(new RepeatingTasks(LoopScheduler.of(vertx), new SimpleMeterRegistry()))
                .map(true));
  }

  private static Path pem(PublicKey key) throws IOException {
    String base64 = Base64.getMimeEncoder().encodeToString(key.getEncoded());
    Path file = Files.createTempFile("public", ".pem");
    file.toFile().deleteOnExit();
    return Files.writeString(
        file, "-----BEGIN PUBLIC KEY-----\n" + base64 + "\n-----END PUBLIC KEY-----\n");
  }

  @AfterContainer
  static void stop() throws Exception {
    issuer.close();
    Object unused = await(vertx.close().map(true));
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  @Property(tries = 600)
  void tokenIsAcceptedExactlyIfAnIndependentLibraryAcceptsIt(@ForAll("samples") Sample sample)
      throws Exception {
    String token = token(sample);

    assertThat(accepted(token)).as("%s", sample).isEqualTo(acceptedByJose(sample, token));
  }

  @Provide
  Arbitrary<Sample> samples() {
    Arbitrary<String> signers = Arbitraries.of(SIGNERS.keySet().stream().sorted().toList());
    Arbitrary<String> algorithms =
        Arbitraries.frequency(Tuple.of(6, ""), Tuple.of(1, "RS512"), Tuple.of(1, "PS256"));
    Arbitrary<String> ids = Arbitraries.of("own", "own", "", "shared", "p384", "unknown");
    Arbitrary<String> extras =
        Arbitraries.of("", "", "", "typ:JWT", "typ:at+jwt", "typ:logout+jwt", "crit");
    return Combinators.combine(signers, algorithms, ids, extras, claims())
        .as(TokenDecisionsTest::sample);
  }

  private static Sample sample(
      String name, String algorithm, String id, String extra, JsonObject claims) {
    Signer signer = requireNonNull(SIGNERS.get(name));
    boolean rsa = signer.alg().startsWith("RS") || signer.alg().startsWith("PS");
    String alg = algorithm.isEmpty() || !rsa ? signer.alg() : algorithm;
    return new Sample(
        name, alg, id.equals("own") ? signer.id() : id.isEmpty() ? null : id, extra, claims);
  }

  private static Arbitrary<JsonObject> claims() {
    Arbitrary<Object> exp =
        Arbitraries.of(NOW + 60, NOW + 60, NOW + 60.5, NOW - LEEWAY + 1, NOW - LEEWAY, NOW - 60);
    Arbitrary<Object> past = Arbitraries.of("", "", NOW - 9, NOW + LEEWAY, NOW + LEEWAY + 1);
    Arbitrary<Object> iss = Arbitraries.of(ISSUER, ISSUER, ISSUER, "", "https://evil.example.com");
    Arbitrary<Object> aud =
        Arbitraries.of(
            "switchboard", new JsonArray().add("x").add("switchboard"), "x", new JsonArray(), "");
    return Combinators.combine(exp, past, past, iss, aud)
        .as(
            (e, n, i, s, a) -> {
              JsonObject claims =
                  new JsonObject().put("tenant_id", "t").put("sub", "u").put("exp", e);
              put(claims, "nbf", n);
              put(claims, "iat", i);
              put(claims, "iss", s);
              put(claims, "aud", a);
              return claims;
            });
  }

  private static void put(JsonObject claims, String name, Object value) {
    if (!value.equals("")) {
      claims.put(name, value);
    }
  }

  private static String token(Sample sample) throws JoseException {
    JsonWebSignature made = new JsonWebSignature();
    made.setAlgorithmHeaderValue(sample.alg());
    made.setKey(requireNonNull(SIGNERS.get(sample.signer())).signs());
    if (sample.kid() != null) {
      made.setKeyIdHeaderValue(sample.kid());
    }
    if (sample.headerExtra().startsWith("typ:")) {
      made.setHeader("typ", sample.headerExtra().substring(4));
    } else if (sample.headerExtra().equals("crit")) {
      made.setHeader("https://example.com/extension", true);
      made.setCriticalHeaderNames("https://example.com/extension");
    }
    made.setPayload(sample.claims().encode());
    return made.getCompactSerialization();
  }

  private static boolean accepted(String token) throws Exception {
    try {
      return await(requireNonNull(tokens).verify(token)).mayActFor(new TenantId("t"));
    } catch (ExecutionException refused) {
      assertThat(refused).hasCauseInstanceOf(AuthException.class);
      assertThat(refused.getMessage()).doesNotContain(token);
      return false;
    }
  }

  private static boolean acceptedByJose(Sample sample, String token) {
    if (sample.headerExtra().equals("typ:logout+jwt")) {
      return false;
    }
    return SIGNERS.values().stream()
        .filter(signer -> signer.source() != Source.NOWHERE)
        .filter(
            signer ->
                signer.id() == null || sample.kid() == null || signer.id().equals(sample.kid()))
        .anyMatch(signer -> acceptedByJose(signer, token));
  }

  private static boolean acceptedByJose(Signer signer, String token) {
    JwtConsumer consumer =
        new JwtConsumerBuilder()
            .setVerificationKey(signer.verifies())
            .setJwsAlgorithmConstraints(
                AlgorithmConstraints.ConstraintType.PERMIT,
                "HS256",
                "RS256",
                "RS512",
                "PS256",
                "ES256",
                "ES384")
            .setEvaluationTime(NumericDate.fromSeconds(NOW))
            .setAllowedClockSkewInSeconds(LEEWAY)
            .setIssuedAtRestrictions(0, Integer.MAX_VALUE)
            .setRequireExpirationTime()
            .setExpectedIssuer(ISSUER)
            .setExpectedAudience("switchboard")
            .build();
    try {
      JsonWebStructure unused = consumer.process(token).getJoseObjects().get(0);
      return true;
    } catch (InvalidJwtException refused) {
      return false;
    }
  }
}
