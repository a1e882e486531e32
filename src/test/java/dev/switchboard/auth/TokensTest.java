package dev.switchboard.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.switchboard.config.AuthConfig;
import dev.switchboard.config.ConfigException;
import dev.switchboard.config.ConfigLoader;
import dev.switchboard.config.Secret;
import dev.switchboard.event.TenantId;
import dev.switchboard.event.UserId;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which tokens prove somebody, and that every other one is refused in the same way. */
class TokensTest {
  private static final String SECRET = "0123456789abcdef0123456789abcdef";
  private static final String HS256 = "{\"alg\":\"HS256\",\"typ\":\"JWT\"}";
  private static final String RS256 = "{\"alg\":\"RS256\",\"typ\":\"JWT\"}";

  @TempDir static Path directory;

  private static Vertx vertx;
  private static KeyPair rsa;
  private static String pem;
  private static Path pemFile;

  @BeforeAll
  static void makeKeys() throws Exception {
    vertx = Vertx.vertx();
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2_048);
    rsa = generator.generateKeyPair();
    pem =
        "-----BEGIN PUBLIC KEY-----\n"
            + Base64.getMimeEncoder().encodeToString(rsa.getPublic().getEncoded())
            + "\n-----END PUBLIC KEY-----\n";
    pemFile = Files.writeString(directory.resolve("public.pem"), pem);
  }

  @AfterAll
  static void stop() throws Exception {
    assertThat(vertx.close().map(1).toCompletionStage().toCompletableFuture().get()).isEqualTo(1);
  }

  @Test
  void mintedTokenAuthenticatesItsUser() throws Exception {
    Tokens tokens = ownSecret();
    String token =
        tokens.mintUser(
            new TenantId("tenant-123"), new UserId("456"), "supervisor", Duration.ofHours(1));

    Principal.User user = (Principal.User) verified(tokens, token);

    assertThat(user.tenant()).isEqualTo(new TenantId("tenant-123"));
    assertThat(user.user()).isEqualTo(new UserId("456"));
    assertThat(user.role().name()).isEqualTo("supervisor");
    assertThat(user.expires()).isAfter(Instant.now().plusSeconds(3_500));
    assertThat(user.mayActFor(new TenantId("tenant-123"))).isTrue();
    assertThat(user.mayActFor(new TenantId("tenant-12"))).isFalse();
  }

  @Test
  void usersOfOneTenantAndRoleShareThem() throws Exception {
    Tokens tokens = ownSecret();
    TenantId tenant = new TenantId("tenant-123");
    Duration hour = Duration.ofHours(1);

    Principal.User one =
        (Principal.User)
            verified(tokens, tokens.mintUser(tenant, new UserId("1"), "receptionist", hour));
    Principal.User two =
        (Principal.User)
            verified(tokens, tokens.mintUser(tenant, new UserId("2"), "receptionist", hour));

    assertThat(two.tenant()).isSameAs(one.tenant());
    assertThat(two.role()).isSameAs(one.role());
  }

  @Test
  void mintedServiceTokenMayDoEverythingInItsTenants() throws Exception {
    Tokens tokens = ownSecret();
    TenantId tenant = new TenantId("t");

    Principal one = verified(tokens, tokens.mintService(tenant, Duration.ofHours(1)));
    Principal all = verified(tokens, tokens.mintService(null, Duration.ofHours(1)));

    assertThat(Scope.values()).allMatch(one::has).allMatch(all::has);
    assertThat(one.mayActFor(tenant)).isTrue();
    assertThat(one.mayActFor(new TenantId("u"))).isFalse();
    assertThat(all.mayActFor(new TenantId("u"))).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{\"tenant_id\":7,\"user_id\":456} | 7 | 456",
        "{\"tenant_id\":\"t\",\"sub\":\"anna\"} | t | anna",
        "{\"tenant_id\":\"t\",\"sub\":8589934592} | t | 8589934592",
        "{\"tenant_id\":\"t\",\"sub\":\"x\",\"user_id\":\"y\"} | t | y",
        "{\"tenant_id\":\"t\",\"sub\":\"x\",\"svc\":false} | t | x",
        "{\"tenant_id\":\"t\",\"sub\":\"x\",\"svc\":null} | t | x"
      })
  void idsMayBeStringsOrNumbers(String claims, String tenant, String user) throws Exception {
    String token = hmac(HS256, withExpiry(claims), SECRET);

    Principal.User proven = (Principal.User) verified(ownSecret(), token);

    assertThat(proven.tenant()).hasToString(tenant);
    assertThat(proven.user()).hasToString(user);
    assertThat(proven.role().name()).isEqualTo("agent");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"tenant_id\":\"t\"}",
        "{\"user_id\":\"u\"}",
        "{\"tenant_id\":\"t u\",\"user_id\":\"u\"}",
        "{\"tenant_id\":\"t\",\"user_id\":\"\"}",
        "{\"tenant_id\":\"t\",\"user_id\":4.5}",
        "{\"tenant_id\":\"t\",\"user_id\":[\"u\"]}",
        "{\"tenant_id\":{},\"user_id\":\"u\"}",
        "{\"tenant_id\":\"t\",\"user_id\":{},\"sub\":\"u\"}",
        "{\"tenant_id\":\"t\",\"user_id\":\"u\",\"role\":\"visitor\"}",
        "{\"svc\":\"true\"}",
        "{\"svc\":1}",
        "{\"svc\":true,\"tenant_id\":\"not a tenant\"}"
      })
  void claimsWithoutAUserAreRefused(String claims) throws Exception {
    assertRefused(ownSecret(), hmac(HS256, withExpiry(claims), SECRET));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{\"tenant_id\":\"t\",\"sub\":\"u\",\"role\":[\"admin\"]} | claim role must be",
        "{\"tenant_id\":\"t\",\"sub\":\"u\",\"role\":7} | claim role must be",
        "{\"tenant_id\":\"t\",\"sub\":\"u\",\"role\":\"\"} | claim role must be",
        "{\"tenant_id\":\"t\",\"sub\":\"u\",\"jti\":[\"a\"]} | claim jti must be",
        "{\"tenant_id\":\"t\",\"sub\":\"u\",\"jti\":\"\"} | claim jti must be",
        "{\"tenant_id\":\"t\",\"sub\":\"u\",\"svc\":\"true\"} | claim svc must be",
        "{\"tenant_id\":\"t\",\"sub\":\"u\",\"user_id\":\"\"} | claim user_id must be",
        "{\"tenant_id\":\"t\",\"sub\":\"u\",\"user_id\":{}} | claim user_id must be",
        "{\"tenant_id\":\"t\",\"sub\":true} | claim sub must be",
        "{\"tenant_id\":[\"t\"],\"sub\":\"u\"} | claim tenant_id must be",
        "{\"tenant_id\":null,\"sub\":\"u\"} | needs the claims",
        "{\"tenant_id\":\"t\",\"user_id\":null} | needs the claims",
        "{\"svc\":true,\"tenant_id\":null} | claim tenant_id is null",
        "{\"svc\":true,\"tenant_id\":[\"t\"]} | claim tenant_id must be",
        "{\"svc\":true,\"tenant_id\":{}} | claim tenant_id must be",
        "{\"svc\":true,\"tenant_id\":\"\"} | claim tenant_id must be",
        "{\"svc\":true,\"jti\":{}} | claim jti must be",
        "{\"tenant_id\":\"t\",\"sub\":\"u\",\"iat\":\"1\"} | claim iat must be",
        "{\"tenant_id\":\"t\",\"sub\":\"u\",\"nbf\":[1]} | claim nbf must be"
      })
  void claimOfTheWrongTypeIsRefusedByItsName(String claims, String words) throws Exception {
    assertThat(refusal(ownSecret(), hmac(HS256, withExpiry(claims), SECRET)))
        .isInstanceOf(AuthException.class)
        .hasMessageContaining(words);
  }

  @Test
  void claimThatIsNullCountsAsAbsent() throws Exception {
    String claims =
        "{\"tenant_id\":\"t\",\"sub\":\"u\",\"user_id\":null,\"role\":null,\"jti\":null}";

    Principal.User user =
        (Principal.User) verified(ownSecret(), hmac(HS256, withExpiry(claims), SECRET));

    assertThat(user.user()).hasToString("u");
    assertThat(user.role().name()).isEqualTo("agent");
    assertThat(user.tokenId()).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"alg\":\"HS256\",\"crit\":[\"exp\"]}",
        "{\"alg\":\"HS256\",\"crit\":[]}",
        "{\"alg\":\"HS256\",\"crit\":[\"b64\"],\"b64\":true}",
        "{\"alg\":\"HS256\",\"typ\":\"logout+jwt\"}",
        "{\"alg\":\"HS256\",\"typ\":1}",
        "{\"alg\":\"HS256\",\"kid\":7}"
      })
  void headerThatDemandsMoreIsRefused(String header) throws Exception {
    assertThat(refusal(ownSecret(), hmac(header, claims(60), SECRET)))
        .isInstanceOf(AuthException.class)
        .hasMessageContaining("header");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"{\"alg\":\"HS256\"}", "{\"alg\":\"HS256\",\"typ\":\"application/AT+JWT\"}"})
  void headerOfAnAccessTokenIsAccepted(String header) throws Exception {
    assertThat(verified(ownSecret(), hmac(header, claims(60), SECRET))).isNotNull();
  }

  @Test
  void issuerWhoseClockIsAheadIsAcceptedWithinTheLeeway() throws Exception {
    Tokens tokens = tokens(SECRET, List.of(), "", "", Duration.ofMinutes(1));
    long now = System.currentTimeMillis() / 1_000;
    JsonObject claims = new JsonObject(claims(600));

    for (String claim : List.of("iat", "nbf")) {
      String within = claims.copy().put(claim, now + 30).encode();
      String beyond = claims.copy().put(claim, now + 300).encode();
      assertThat(verified(tokens, hmac(HS256, within, SECRET))).isNotNull();
      assertThat(refusal(tokens, hmac(HS256, beyond, SECRET))).hasMessageContaining(claim);
    }
  }

  @Test
  void tokenWithoutALifetimeIsNotMinted() {
    TenantId tenant = new TenantId("t");

    assertThatThrownBy(() -> ownSecret().mintService(tenant, Duration.ofMillis(900)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("must be at least 1s");
  }

  @Test
  void mintedTokenNamesTheRequiredIssuerAndAudience() throws Exception {
    Tokens tokens = tokens(SECRET, List.of(), "https://login", "switchboard", Duration.ZERO);

    String token =
        tokens.mintUser(new TenantId("t"), new UserId("u"), "agent", Duration.ofHours(1));

    assertThat(verified(tokens, token)).isNotNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "no key", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----"})
  void fileWithoutAPublicKeyIsNamed(String content) throws Exception {
    Path file = Files.writeString(directory.resolve("odd.pem"), content);

    assertThatThrownBy(() -> tokens("", List.of(file.toString()), "", "", Duration.ZERO))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("auth.publicKeys: " + file);
  }

  @Test
  void expiredTokenIsRefusedAsExpired() throws Exception {
    String token = hmac(HS256, claims(-60), SECRET);

    assertThat(refusal(ownSecret(), token)).hasMessage("the token has expired");
  }

  @Test
  void tokenWithinTheLeewayIsAccepted() throws Exception {
    Tokens tokens = tokens(SECRET, List.of(), "", "", Duration.ofMinutes(2));

    assertThat(verified(tokens, hmac(HS256, claims(-30), SECRET))).isNotNull();
    assertRefused(tokens, hmac(HS256, claims(-300), SECRET));
  }

  @Test
  void tokenWithoutAnExpiryIsRefused() throws Exception {
    assertRefused(ownSecret(), hmac(HS256, "{\"tenant_id\":\"t\",\"user_id\":\"u\"}", SECRET));
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"soon\"", "null", "true", "[]", "{}"})
  void expiryThatIsNotANumberIsRefused(String exp) throws Exception {
    assertRefused(
        ownSecret(),
        hmac(HS256, "{\"tenant_id\":\"t\",\"user_id\":\"u\",\"exp\":" + exp + "}", SECRET));
  }

  @ParameterizedTest
  @ValueSource(strings = {"9223372036854775807", "31556889864403199", "1e300"})
  void expiryBeyondTheRangeOfInstantsIsRefused(String exp) throws Exception {
    for (String user :
        List.of("\"user_id\":\"u\"", "\"svc\":true", "\"user_id\":\"u\",\"iat\":-9")) {
      String claims = "{\"tenant_id\":\"t\"," + user + ",\"exp\":" + exp + "}";

      assertThat(refusal(ownSecret(), hmac(HS256, claims, SECRET)))
          .as(claims)
          .isInstanceOf(AuthException.class)
          .hasMessageContaining("lives longer than 30 days");
    }
  }

  @Test
  void tokenThatOutlivesRevocationsIsRefused() throws Exception {
    long day = 86_400;
    long now = System.currentTimeMillis() / 1000;
    JsonObject whole = new JsonObject(claims(29 * day));
    JsonObject old = new JsonObject(claims(day)).put("iat", now - 40 * day);

    assertThat(verified(ownSecret(), hmac(HS256, whole.encode(), SECRET))).isNotNull();
    assertRefused(ownSecret(), hmac(HS256, whole.put("iat", now - 2 * day).encode(), SECRET));
    assertRefused(ownSecret(), hmac(HS256, old.encode(), SECRET));
  }

  @Test
  void mintedTokenHasAnId() throws Exception {
    Tokens tokens = ownSecret();
    TenantId tenant = new TenantId("t");
    Duration hour = Duration.ofHours(1);

    Principal.User user =
        (Principal.User) verified(tokens, tokens.mintUser(tenant, new UserId("u"), "agent", hour));
    Principal.Service one = (Principal.Service) verified(tokens, tokens.mintService(tenant, hour));
    Principal.Service other =
        (Principal.Service) verified(tokens, tokens.mintService(tenant, hour));

    assertThat(user.tokenId()).isNotEmpty();
    assertThat(one.tokenId()).isNotEmpty().isNotEqualTo(other.tokenId());
    assertThat(one.identity()).isNotEqualTo(other.identity());
  }

  @Test
  void serviceTokensWithoutAnIdHaveDifferentNames() throws Exception {
    String one = hmac(HS256, withExpiry("{\"svc\":true,\"x\":1}"), SECRET);
    String other = hmac(HS256, withExpiry("{\"svc\":true,\"x\":2}"), SECRET);

    assertThat(verified(ownSecret(), one).identity())
        .isNotEqualTo(verified(ownSecret(), other).identity())
        .doesNotContain(one);
  }

  @Test
  void tokenThatIsNotYetValidIsRefused() throws Exception {
    long later = System.currentTimeMillis() / 1000 + 600;
    String claims = new JsonObject(claims(3_600)).put("nbf", later).encode();

    assertRefused(ownSecret(), hmac(HS256, claims, SECRET));
  }

  @Test
  void tokenSignedWithAnotherKeyIsRefused() throws Exception {
    assertThat(refusal(ownSecret(), hmac(HS256, claims(60), SECRET + "x")))
        .hasMessage("the token is not valid");
  }

  @ParameterizedTest
  @ValueSource(strings = {"none", "None", "NONE", "nOnE", "", "HS384", "HS512", "XX"})
  void algorithmThatDoesNotFitTheKeyIsRefused(String algorithm) throws Exception {
    String header = "{\"alg\":\"" + algorithm + "\",\"typ\":\"JWT\"}";
    String unsigned = encode(header) + "." + encode(claims(60));

    for (Tokens tokens : List.of(ownSecret(), publicKey(), both())) {
      assertRefused(tokens, unsigned + ".");
      assertRefused(tokens, unsigned);
      assertRefused(tokens, hmac(header, claims(60), SECRET));
      assertRefused(tokens, hmac(header, claims(60), pem));
    }
  }

  @Test
  void tokenWithoutAnAlgorithmIsRefused() throws Exception {
    for (String header : List.of("{}", "{\"alg\":null}", "{\"alg\":1}", "[]", "null")) {
      assertRefused(ownSecret(), hmac(header, claims(60), SECRET));
    }
  }

  @Test
  void publicKeyIsNeverUsedAsASecret() throws Exception {
    String der = new String(rsa.getPublic().getEncoded(), StandardCharsets.ISO_8859_1);
    for (Tokens tokens : List.of(publicKey(), both())) {
      for (String stolen : List.of(pem, pem.trim(), pem.replace("\n", ""), der)) {
        assertRefused(tokens, hmac(HS256, claims(60), stolen));
        assertRefused(tokens, hmac(RS256, claims(60), stolen));
      }
      assertRefused(tokens, hmac(RS256, claims(60), SECRET));
    }
  }

  @Test
  void tokenOfAnExternalIssuerAuthenticatesUsersButNoServices() throws Exception {
    String person = rsa(RS256, claims(60), rsa.getPrivate());
    String service = rsa(RS256, withExpiry("{\"svc\":true}"), rsa.getPrivate());

    for (Tokens tokens : List.of(publicKey(), both())) {
      assertThat(verified(tokens, person)).isInstanceOf(Principal.User.class);
      assertThat(refusal(tokens, service)).hasMessageContaining("auth.jwtSecret");
    }
    assertRefused(ownSecret(), person);
  }

  @Test
  void signatureOfOneKeyIsNotValidForAnother() throws Exception {
    assertRefused(both(), rsa(HS256, claims(60), rsa.getPrivate()));
  }

  @Test
  void issuerAndAudienceAreRequiredWhenSet() throws Exception {
    Tokens tokens = tokens(SECRET, List.of(), "https://login", "switchboard", Duration.ZERO);
    JsonObject claims = new JsonObject(claims(60));

    assertRefused(tokens, hmac(HS256, claims.encode(), SECRET));
    assertRefused(tokens, hmac(HS256, claims.copy().put("iss", "https://login").encode(), SECRET));
    assertRefused(
        tokens,
        hmac(HS256, claims.copy().put("iss", "x").put("aud", "switchboard").encode(), SECRET));
    assertThat(
            verified(
                tokens,
                hmac(
                    HS256,
                    claims.copy().put("iss", "https://login").put("aud", "switchboard").encode(),
                    SECRET)))
        .isNotNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ".",
        "..",
        "...",
        "x",
        "a.b",
        "a.b.c",
        "a.b.c.d",
        "\u0000",
        "e30.e30.",
        "e30.e30.e30",
        "bnVsbA.bnVsbA.",
        "W10.W10.W10",
        "%.%.%",
        "eyJhbGciOiJIUzI1NiJ9.e30.",
        "sbk",
        " . . "
      })
  void garbageIsRefusedAsInvalid(String token) throws Exception {
    for (Tokens tokens : List.of(ownSecret(), publicKey(), both())) {
      assertRefused(tokens, token);
    }
  }

  @Test
  void tokenWithAChangedByteIsRefused() throws Exception {
    String token = hmac(HS256, claims(60), SECRET);
    int payload = token.indexOf('.') + 5;

    assertRefused(
        ownSecret(),
        token.substring(0, payload)
            + (token.charAt(payload) == 'A' ? 'B' : 'A')
            + token.substring(payload + 1));
  }

  @Test
  void serverWithoutKeysAcceptsNoToken() throws Exception {
    Tokens tokens = tokens("", List.of(), "", "", Duration.ZERO);

    assertThat(refusal(tokens, hmac(HS256, claims(60), SECRET)))
        .hasMessageContaining("auth.jwtSecret");
    assertRefused(tokens, encode("{\"alg\":\"none\"}") + "." + encode(claims(60)) + ".");
  }

  private static Tokens ownSecret() {
    return tokens(SECRET, List.of(), "", "", Duration.ZERO);
  }

  private static Tokens publicKey() {
    return tokens("", List.of(pemFile.toString()), "", "", Duration.ZERO);
  }

  private static Tokens both() {
    return tokens(SECRET, List.of(pemFile.toString()), "", "", Duration.ZERO);
  }

  private static Tokens tokens(
      String secret, List<String> keys, String issuer, String audience, Duration leeway) {
    JsonObject json =
        new JsonObject()
            .put("jwtSecret", secret)
            .put("publicKeys", new JsonArray(keys))
            .put("issuer", issuer)
            .put("audience", audience)
            .put("leeway", leeway.toMillis() + "ms");
    AuthConfig auth =
        ConfigLoader.bind("test", new JsonObject().put("auth", json), name -> null).auth();
    return new Tokens(vertx, auth, new Roles(auth.roles()), new Secret(secret), Clock.systemUTC());
  }

  private static String claims(long secondsLeft) {
    return new JsonObject()
        .put("tenant_id", "t")
        .put("user_id", "u")
        .put("exp", System.currentTimeMillis() / 1000 + secondsLeft)
        .encode();
  }

  private static String withExpiry(String claims) {
    return new JsonObject(claims).put("exp", System.currentTimeMillis() / 1000 + 60).encode();
  }

  private static String hmac(String header, String claims, String key) throws Exception {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
    String signed = encode(header) + "." + encode(claims);
    return signed + "." + encode(mac.doFinal(signed.getBytes(StandardCharsets.UTF_8)));
  }

  private static String rsa(String header, String claims, PrivateKey key) throws Exception {
    Signature signature = Signature.getInstance("SHA256withRSA");
    signature.initSign(key);
    String signed = encode(header) + "." + encode(claims);
    signature.update(signed.getBytes(StandardCharsets.UTF_8));
    return signed + "." + encode(signature.sign());
  }

  private static String encode(String text) {
    return encode(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String encode(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  private static Principal verified(Tokens tokens, String token) throws Exception {
    return tokens.verify(token).toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  private static void assertRefused(Tokens tokens, String token) throws Exception {
    assertThat(refusal(tokens, token)).as(token).isInstanceOf(AuthException.class);
  }

  private static Throwable refusal(Tokens tokens, String token) throws Exception {
    try {
      return new AssertionError("proven: " + verified(tokens, token));
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      return cause == null ? e : cause;
    }
  }
}
