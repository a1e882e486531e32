package dev.switchboard.auth;

import dev.switchboard.config.ConfigException;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.auth.JWTOptions;
import io.vertx.ext.auth.PubSecKeyOptions;
import io.vertx.ext.auth.authentication.TokenCredentials;
import io.vertx.ext.auth.jwt.JWTAuth;
import io.vertx.ext.auth.jwt.JWTAuthOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A key that verifies the signatures of tokens, and the algorithms that it may be used with. It
 * checks no claim. Usable from every thread.
 */
final class SigningKey {
  private static final String HMAC = "HS256";
  private static final Set<String> RSA =
      Set.of("RS256", "RS384", "RS512", "PS256", "PS384", "PS512");
  private static final Map<String, String> CURVES =
      Map.of("P-256", "ES256", "P-384", "ES384", "P-521", "ES512", "Ed25519", "EdDSA");
  private static final Map<String, Integer> SIGNATURE_CHARS =
      Map.of("ES256", 86, "ES384", 128, "ES512", 176);

  /** Object identifiers in the DER form of public keys, in hexadecimal. */
  private static final Map<String, Set<String>> OIDS =
      Map.of(
          "06092a864886f70d010101", RSA,
          "06082a8648ce3d030107", Set.of("ES256"),
          "06052b81040022", Set.of("ES384"),
          "06052b81040023", Set.of("ES512"),
          "06032b6570", Set.of("EdDSA"));

  /** Every algorithm that some key may be used with. */
  static final Set<String> ALGORITHMS = all();

  private final @Nullable String id;
  private final Set<String> algorithms;
  private final Function<String, JWTAuth> making;
  private final Map<String, JWTAuth> verifiers = new ConcurrentHashMap<>();

  private SigningKey(
      @Nullable String id, Set<String> algorithms, Function<String, JWTAuth> making) {
    this.id = id;
    this.algorithms = algorithms;
    this.making = making;
  }

  private static Set<String> all() {
    Set<String> all = new HashSet<>(RSA);
    all.addAll(CURVES.values());
    all.add(HMAC);
    return Set.copyOf(all);
  }

  /** Returns the key of this deployment's own tokens. */
  static SigningKey ofSecret(JWTAuth own) {
    return new SigningKey(null, Set.of(HMAC), algorithm -> own);
  }

  /**
   * Reads files of public keys; blocking.
   *
   * @throws ConfigException naming the first file without a usable public key
   */
  static List<SigningKey> ofFiles(Vertx vertx, List<String> files) {
    return files.stream().map(file -> ofFile(vertx, file)).toList();
  }

  private static SigningKey ofFile(Vertx vertx, String file) {
    try {
      String pem = Files.readString(Path.of(file));
      SigningKey key =
          new SigningKey(null, algorithmsOfPem(pem), algorithm -> ofPem(vertx, algorithm, pem));
      // Made now, because the library throws if the key is malformed.
      for (String algorithm : key.algorithms) {
        JWTAuth unused = key.verifier(algorithm);
      }
      return key;
    } catch (IOException | RuntimeException e) {
      throw new ConfigException(
          "the configuration",
          List.of(
              "auth.publicKeys: "
                  + file
                  + " is not a PEM file with a public key of the type RSA, EC (P-256, P-384 or"
                  + " P-521) or Ed25519"));
    }
  }

  private static Set<String> algorithmsOfPem(String pem) {
    if (pem.contains("PRIVATE KEY")) {
      throw new IllegalArgumentException("a private key");
    }
    String base64 = pem.replaceAll("-----[A-Z ]+-----", "").replaceAll("\\s", "");
    String hex = HexFormat.of().formatHex(Base64.getDecoder().decode(base64));
    return OIDS.entrySet().stream()
        .filter(entry -> hex.contains(entry.getKey()))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("another type of key"));
  }

  private static JWTAuth ofPem(Vertx vertx, String algorithm, String pem) {
    return verifying(
        vertx,
        new JWTAuthOptions()
            .addPubSecKey(new PubSecKeyOptions().setAlgorithm(algorithm).setBuffer(pem)));
  }

  /** Creates a verifier of signatures only: {@link TokenClaims} checks the times. */
  private static JWTAuth verifying(Vertx vertx, JWTAuthOptions key) {
    return JWTAuth.create(vertx, key.setJWTOptions(new JWTOptions().setIgnoreExpiration(true)));
  }

  /**
   * Returns the key of a JWK; null if it is not a public key for signatures.
   *
   * @throws IllegalArgumentException if the key is malformed or of an unknown type
   */
  static @Nullable SigningKey ofJwk(Vertx vertx, JsonObject jwk) {
    Object operations = jwk.getValue("key_ops");
    if ("oct".equals(jwk.getValue("kty"))
        || "enc".equals(jwk.getValue("use"))
        || (operations instanceof JsonArray list && !list.contains("verify"))) {
      return null;
    }
    Object id = jwk.getValue("kid");
    if (id != null && !(id instanceof String)) {
      throw new IllegalArgumentException("kid is not a string");
    }
    return new SigningKey(
        (String) id,
        algorithmsOfJwk(jwk),
        algorithm ->
            verifying(vertx, new JWTAuthOptions().addJwk(jwk.copy().put("alg", algorithm))));
  }

  private static Set<String> algorithmsOfJwk(JsonObject jwk) {
    Set<String> possible = algorithmsOfType(jwk);
    Object named = jwk.getValue("alg");
    if (named == null) {
      return possible;
    }
    if (!(named instanceof String algorithm) || !possible.contains(algorithm)) {
      throw new IllegalArgumentException("alg does not fit the type of the key");
    }
    return Set.of(algorithm);
  }

  private static Set<String> algorithmsOfType(JsonObject jwk) {
    boolean rsa = "RSA".equals(jwk.getValue("kty"));
    for (String member : rsa ? List.of("n", "e") : List.of("crv", "x")) {
      if (!(jwk.getValue(member) instanceof String)) {
        throw new IllegalArgumentException(member + " is missing");
      }
    }
    if (rsa) {
      return RSA;
    }
    String algorithm = CURVES.get(jwk.getString("crv"));
    if (algorithm == null) {
      throw new IllegalArgumentException("the curve is not supported");
    }
    return Set.of(algorithm);
  }

  /** Whether the token may be signed with this key: a key without an id may sign any. */
  boolean fits(ParsedToken token) {
    return algorithms.contains(token.algorithm())
        && (id == null || token.keyId() == null || id.equals(token.keyId()));
  }

  /** Whether the token is signed with this key, which {@linkplain #fits fits} it. */
  boolean verifies(ParsedToken token) {
    Integer expected = SIGNATURE_CHARS.get(token.algorithm());
    String signature = token.text().substring(token.text().lastIndexOf('.') + 1);
    if (expected != null && signature.length() != expected) {
      return false;
    }
    try {
      return verifier(token.algorithm())
          .authenticate(new TokenCredentials(token.text()))
          .succeeded();
    } catch (RuntimeException invalid) {
      return false;
    }
  }

  private JWTAuth verifier(String algorithm) {
    return verifiers.computeIfAbsent(algorithm, making);
  }
}
