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
import io.vertx.core.json.JsonObject;
import java.security.KeyPair;
import java.time.Clock;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** An issuer that publishes, changes and withholds its keys. */
class JwksTest {
  private final Vertx vertx = Vertx.vertx();
  private final TestIssuer issuer = new TestIssuer();

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

  private Tokens tokens() throws Exception {
    JsonObject auth = new JsonObject().put("jwksUrl", issuer.url()).put("jwksPause", "100ms");
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
  void symmetricKeyOfTheIssuerIsNeverUsed() throws Exception {
    issuer.publish(
        jwk("rsa", pair()),
        new JsonObject().put("kty", "oct").put("kid", "oct").put("k", "A".repeat(43)));
    Tokens tokens = tokens();

    assertThatThrownBy(() -> await(tokens.verify(sign("oct", pair()))))
        .hasCauseInstanceOf(AuthException.class);
  }
}
