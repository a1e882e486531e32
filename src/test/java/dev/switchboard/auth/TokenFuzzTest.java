package dev.switchboard.auth;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.switchboard.config.AuthConfig;
import dev.switchboard.config.ConfigLoader;
import dev.switchboard.fuzz.FuzzTarget;
import dev.switchboard.fuzz.JsonTrees;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.List;
import org.jose4j.jwt.consumer.JwtConsumer;
import org.jose4j.jwt.consumer.JwtConsumerBuilder;

/**
 * Tokens before their signature is checked, as text, or made of the two parts of an input: header
 * and claims. One is refused, or an independent library reads it as well, and its principal has not
 * expired.
 */
class TokenFuzzTest extends FuzzTarget {
  private static final Instant NOW = Instant.ofEpochSecond(1_800_000_000);
  private static final JwtConsumer OTHER =
      new JwtConsumerBuilder()
          .setSkipAllValidators()
          .setDisableRequireSignature()
          .setSkipSignatureVerification()
          .build();

  private final AuthConfig config = ConfigLoader.defaults(name -> null).auth();
  private final TokenClaims tokenClaims =
      new TokenClaims(config, new Roles(config.roles()), Clock.fixed(NOW, ZoneOffset.UTC));

  @Override
  protected void check(byte[] input) {
    List<String> parts = parts(input, 2);
    check(text(input));
    check(encoded(parts.get(0)) + "." + encoded(parts.get(1)) + ".c2lnbmF0dXJl");
  }

  private static String encoded(String json) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(json.getBytes(UTF_8));
  }

  /** A reader may refuse these, or take the last (RFC 7519, section 4). */
  private static boolean repeatsNames(String token) {
    String[] parts = token.split("\\.", -1);
    return JsonTrees.repeatsNames(Base64.getUrlDecoder().decode(parts[0]))
        || JsonTrees.repeatsNames(Base64.getUrlDecoder().decode(parts[1]));
  }

  private void check(String text) {
    ParsedToken token;
    try {
      token = ParsedToken.of(text);
    } catch (AuthException refused) {
      assertThat(refused).message().isNotEmpty();
      return;
    }
    try {
      Principal principal = tokenClaims.principal(token);
      assertThat(principal.expires()).isAfter(NOW.minus(config.leeway()));
      if (!repeatsNames(text)) {
        assertThatCode(() -> OTHER.process(text)).doesNotThrowAnyException();
      }
    } catch (AuthException refused) {
      assertThat(refused).message().isNotEmpty();
    }
  }
}
