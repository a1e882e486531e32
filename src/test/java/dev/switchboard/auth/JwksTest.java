package dev.switchboard.auth;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.switchboard.config.ConfigLoader;
import dev.switchboard.config.Secret;
import dev.switchboard.config.SwitchboardConfig.Auth;
import dev.switchboard.support.Waiting;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.RSAPublicKey;
import java.util.Arrays;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An issuer that publishes, changes and withholds its keys. */
class JwksTest {
  private final Vertx vertx = Vertx.vertx();
  private HttpServer issuer;
  private volatile String published = "{}";
  private volatile int status = 200;
  private final AtomicInteger asked = new AtomicInteger();

  @BeforeEach
  void listen() throws IOException {
    issuer = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    issuer.createContext(
        "/",
        exchange -> {
          int unused = asked.incrementAndGet();
          byte[] body = published.getBytes(UTF_8);
          exchange.sendResponseHeaders(status, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    issuer.start();
  }

  @AfterEach
  void stop() throws Exception {
    issuer.stop(0);
    await(vertx.close());
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  private static boolean verifies(Tokens tokens, String token) {
    try {
      return await(tokens.verify(token)) instanceof Principal.User;
    } catch (Exception refused) {
      assertThat(refused).hasCauseInstanceOf(AuthException.class);
      return false;
    }
  }

  private Tokens tokens() throws Exception {
    JsonObject auth =
        new JsonObject()
            .put(
                "jwksUrl",
                "http://127.0.0.1:" + issuer.getAddress().getPort() + "/.well-known/jwks.json")
            .put("jwksPause", "100ms");
    Auth config =
        ConfigLoader.bind("test", new JsonObject().put("auth", auth), name -> null).auth();
    Tokens tokens = new Tokens(vertx, config, new Roles(config.roles()), Secret.NONE);
    await(tokens.start());
    return tokens;
  }

  private static KeyPair pair() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2_048);
    return generator.generateKeyPair();
  }

  private static JsonObject jwk(String id, KeyPair pair) {
    RSAPublicKey key = (RSAPublicKey) pair.getPublic();
    return new JsonObject()
        .put("kty", "RSA")
        .put("use", "sig")
        .put("alg", "RS256")
        .put("kid", id)
        .put("n", base64(key.getModulus()))
        .put("e", base64(key.getPublicExponent()));
  }

  private static String base64(BigInteger number) {
    byte[] bytes = number.toByteArray();
    int from = bytes[0] == 0 ? 1 : 0;
    return base64(Arrays.copyOfRange(bytes, from, bytes.length));
  }

  private static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  private static String sign(String id, KeyPair pair) throws GeneralSecurityException {
    JsonObject claims =
        new JsonObject()
            .put("tenant_id", "t")
            .put("sub", "456")
            .put("exp", System.currentTimeMillis() / 1_000 + 600);
    String head =
        base64(("{\"alg\":\"RS256\",\"kid\":\"" + id + "\"}").getBytes(UTF_8))
            + "."
            + base64(claims.encode().getBytes(UTF_8));
    Signature signature = Signature.getInstance("SHA256withRSA");
    signature.initSign(pair.getPrivate());
    signature.update(head.getBytes(UTF_8));
    return head + "." + base64(signature.sign());
  }

  private void publish(JsonObject... keys) {
    JsonArray list = new JsonArray();
    for (JsonObject key : keys) {
      list.add(key);
    }
    published = new JsonObject().put("keys", list).encode();
  }

  @Test
  void newKeyIsFoundWhenATokenNamesIt() throws Exception {
    KeyPair old = pair();
    KeyPair fresh = pair();
    publish(jwk("old", old));
    Tokens tokens = tokens();
    assertThat(await(tokens.verify(sign("old", old)))).isInstanceOf(Principal.User.class);

    publish(jwk("fresh", fresh));

    String token = sign("fresh", fresh);
    Waiting.until("the issuer may be asked again", () -> verifies(tokens, token));
    assertThatThrownBy(() -> await(tokens.verify(sign("old", old))))
        .hasCauseInstanceOf(AuthException.class);
  }

  @Test
  void oldKeysStayGoodWhileTheIssuerIsAway() throws Exception {
    KeyPair old = pair();
    publish(jwk("old", old));
    Tokens tokens = tokens();

    status = 500;
    int before = asked.get();
    String unknown = sign("unknown", old);
    Waiting.until(
        "the issuer was asked in vain",
        () -> {
          assertThat(verifies(tokens, unknown)).isFalse();
          return asked.get() > before;
        });

    assertThat(verifies(tokens, unknown)).isFalse();
    assertThat(await(tokens.verify(sign("old", old)))).isInstanceOf(Principal.User.class);
  }

  @Test
  void nothingIsDecidedBeforeAKeyWasEverRead() throws Exception {
    status = 500;
    Tokens tokens = tokens();

    assertThatThrownBy(() -> await(tokens.verify(sign("any", pair()))))
        .cause()
        .isInstanceOfSatisfying(
            AuthException.class,
            refused -> assertThat(refused.kind()).isEqualTo(AuthException.Kind.UNAVAILABLE));
  }

  @Test
  void symmetricKeyOfTheIssuerIsNeverUsed() throws Exception {
    publish(
        jwk("rsa", pair()),
        new JsonObject().put("kty", "oct").put("kid", "oct").put("k", base64(new byte[32])));
    Tokens tokens = tokens();

    assertThatThrownBy(() -> await(tokens.verify(sign("oct", pair()))))
        .hasCauseInstanceOf(AuthException.class);
  }
}
