package dev.switchboard.webhooks.signing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.config.Secret;
import dev.switchboard.fuzz.FuzzTarget;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;

/**
 * Secrets of webhooks and headers of signed calls: secret, id, timestamp, signature and body are
 * the parts of an input. Nothing but a valid signature verifies, whatever the header holds.
 */
class SignatureFuzzTest extends FuzzTarget {
  private static final Instant NOW = Instant.ofEpochSecond(1_800_000_000);

  /** A shorter key may be part of any message. */
  private static final int LONG = 16;

  private static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);

  @Override
  protected void check(byte[] input) {
    List<String> parts = parts(input, 5);
    String secret = parts.get(0);
    byte[] body = parts.get(4).getBytes(UTF_8);
    checkKey(secret, parts.get(1), body);
    WebhookVerifier verifier;
    try {
      verifier = WebhookVerifier.standard(secret, CLOCK);
    } catch (IllegalArgumentException empty) {
      return;
    }
    Map<String, String> sent =
        Map.of(
            "webhook-id", parts.get(1),
            "webhook-timestamp", parts.get(2),
            "webhook-signature", parts.get(3));
    if (verifier.verifies(body, sent::get)) {
      assertThat(parts.get(3)).contains("v1");
    }
    assertThat(WebhookVerifier.legacy(secret).verifies(body, sent::get)).isFalse();
    if (!secret.startsWith(Ed25519.PUBLIC_PREFIX)) {
      assertOwnSignatureVerifies(secret, parts.get(1), body, verifier);
    }
  }

  private static void assertOwnSignatureVerifies(
      String secret, String id, byte[] body, WebhookVerifier verifier) {
    long now = NOW.getEpochSecond();
    Map<String, String> own =
        Map.of(
            "webhook-id", id,
            "webhook-timestamp", Long.toString(now),
            "webhook-signature", Signature.standard(secret, id, now, body));
    assertThat(verifier.verifies(body, own::get)).isTrue();
  }

  private static void checkKey(String key, String id, byte[] body) {
    try {
      assertThat(Ed25519.publicOf(new Secret(key))).startsWith(Ed25519.PUBLIC_PREFIX);
      assertThat(Ed25519.sign(new Secret(key), id, 1, body)).startsWith("v1a,");
    } catch (IllegalArgumentException refused) {
      if (key.length() >= LONG) {
        assertThat(refused).message().doesNotContain(key);
      }
    }
  }
}
