package dev.switchboard.auth;

import static dev.switchboard.support.TestIssuer.jwk;
import static dev.switchboard.support.TestIssuer.pair;
import static dev.switchboard.support.TestIssuer.sign;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.switchboard.config.AuthConfig;
import dev.switchboard.config.ConfigLoader;
import dev.switchboard.config.Secret;
import dev.switchboard.support.TestIssuer;
import dev.switchboard.support.Waiting;
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
import java.security.KeyPair;
import java.time.Clock;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An issuer that publishes, changes and withholds its keys. */
class JwksTest {
  private final Vertx vertx = Vertx.vertx();
  private final TestIssuer issuer = new TestIssuer();

  @TempDir Path directory;

  @AfterEach
  void stop() throws Exception {
    issuer.close();
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

  private Tokens tokens(String... publicKeys) throws Exception {
    JsonObject auth =
        new JsonObject()
            .put("jwksUrl", issuer.url())
            .put("jwksPause", "100ms")
            .put("publicKeys", new JsonArray(List.of(publicKeys)));
    AuthConfig config =
        ConfigLoader.bind("test", new JsonObject().put("auth", auth), name -> null).auth();
    Tokens tokens =
        new Tokens(vertx, config, new Roles(config.roles()), Secret.NONE, Clock.systemUTC());
    await(tokens.start(new RepeatingTasks(LoopScheduler.of(vertx), new SimpleMeterRegistry())));
    return tokens;
  }

  @Test
  void newKeyIsFetchedWhenATokenNamesIt() throws Exception {
    KeyPair old = pair();
    KeyPair fresh = pair();
    issuer.publish(jwk("old", old));
    Tokens tokens = tokens();
    assertThat(await(tokens.verify(sign("old", old)))).isInstanceOf(Principal.User.class);

    issuer.publish(jwk("fresh", fresh));

    String token = sign("fresh", fresh);
    Waiting.until("the issuer may be asked again", () -> verifies(tokens, token));
    assertThatThrownBy(() -> await(tokens.verify(sign("old", old))))
        .hasCauseInstanceOf(AuthException.class);
  }

  @Test
  void lastKeysStayValidWhileTheIssuerIsUnavailable() throws Exception {
    KeyPair old = pair();
    issuer.publish(jwk("old", old));
    Tokens tokens = tokens();

    issuer.status(500);
    int before = issuer.asked();
    String unknown = sign("unknown", old);
    Waiting.until(
        "the issuer was asked in vain",
        () -> {
          assertThat(verifies(tokens, unknown)).isFalse();
          return issuer.asked() > before;
        });

    assertThat(verifies(tokens, unknown)).isFalse();
    assertThat(await(tokens.verify(sign("old", old)))).isInstanceOf(Principal.User.class);
  }

  @Test
  void tokensCannotBeCheckedBeforeTheFirstFetch() throws Exception {
    issuer.status(500);
    Tokens tokens = tokens();

    assertThatThrownBy(() -> await(tokens.verify(sign("any", pair()))))
        .cause()
        .isInstanceOfSatisfying(
            AuthException.class,
            refused -> assertThat(refused.kind()).isEqualTo(AuthException.Kind.UNAVAILABLE));
  }

  @Test
  void localPublicKeyIsGoodWhateverTheIssuerPublishes() throws Exception {
    KeyPair local = pair();
    KeyPair published = pair();
    issuer.status(500);
    Tokens tokens = tokens(pem(local));
    List<String> ofLocalKey = List.of(sign("mine", local), sign(null, local));

    assertThat(ofLocalKey).allMatch(token -> verifies(tokens, token));
    assertThat(verifies(tokens, sign("theirs", published))).isFalse();

    issuer.publish(jwk("theirs", published));
    issuer.status(200);
    Waiting.until("the issuer's keys are known", () -> verifies(tokens, sign("theirs", published)));
    assertThat(ofLocalKey).allMatch(token -> verifies(tokens, token));
    assertThat(verifies(tokens, sign(null, published))).isTrue();
    assertThat(verifies(tokens, sign("theirs", local))).isTrue();
    assertThat(verifies(tokens, sign("theirs", pair()))).isFalse();
  }

  private String pem(KeyPair pair) throws IOException {
    String base64 = Base64.getMimeEncoder().encodeToString(pair.getPublic().getEncoded());
    Path file = directory.resolve("local.pem");
    return Files.writeString(
            file, "-----BEGIN PUBLIC KEY-----\n" + base64 + "\n-----END PUBLIC KEY-----\n")
        .toString();
  }

  @Test
  void malformedKeysOfTheIssuerAreIgnored() throws Exception {
    KeyPair good = pair();
    issuer.publish(
        new JsonObject().put("kty", "RSA").put("kid", 7),
        new JsonObject().put("kty", "RSA").put("kid", "bare"),
        new JsonObject().put("kty", "EC").put("crv", "P-1").put("x", "AA").put("y", "AA"),
        jwk("good", pair()).put("alg", "ES256"),
        jwk("good", good));

    assertThat(verifies(tokens(), sign("good", good))).isTrue();
  }

  @Test
  void symmetricKeyOfTheIssuerIsNeverUsed() throws Exception {
    issuer.publish(
        jwk("rsa", pair()),
        new JsonObject().put("kty", "oct").put("kid", "oct").put("k", "A".repeat(43)));
    Tokens tokens = tokens();

    assertThatThrownBy(() -> await(tokens.verify(sign("oct", pair()))))
        .hasCauseInstanceOf(AuthException.class);
  }
}
