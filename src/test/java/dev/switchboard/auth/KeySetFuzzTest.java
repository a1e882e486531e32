package dev.switchboard.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.fuzz.FuzzTarget;
import dev.switchboard.fuzz.JsonTrees;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;

/** Keys of an issuer: one is used or ignored, and never accepts a token that it did not sign. */
class KeySetFuzzTest extends FuzzTarget {
  private static final Vertx vertx = Vertx.vertx();
  private static final String UNSIGNED = "eyJhbGciOiJ%s.eyJleHAiOjF9.c2lnbmF0dXJl";

  @Override
  protected void check(byte[] input) {
    JsonObject jwk = JsonTrees.object(text(input)).orElse(null);
    if (jwk == null) {
      return;
    }
    SigningKey key;
    try {
      key = SigningKey.ofJwk(vertx, jwk);
    } catch (IllegalArgumentException unusable) {
      return;
    }
    for (String algorithm : new String[] {"SUzI1NiJ9", "FUzI1NiJ9"}) {
      ParsedToken token = ParsedToken.of(UNSIGNED.formatted(algorithm));
      if (key != null && key.fits(token)) {
        assertThat(key.verifies(token)).isFalse();
      }
    }
  }
}
