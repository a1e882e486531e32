package dev.switchboard.webhooks.signing;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.Locale;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Verifies for receivers that a call was signed with the webhook's secret, by the exact bytes of
 * its body and by its headers, in constant time.
 *
 * <pre>{@code
 * WebhookVerifier verifier = WebhookVerifier.standard("whsec_…");
 * if (!verifier.verifies(body, request::getHeader)) { respond(401); }
 * }</pre>
 *
 * <p>{@link #standard} also refuses calls that were signed more than five minutes ago, which {@link
 * #legacy} can't: its signature covers the body alone. Usable from every thread.
 */
public final class WebhookVerifier {
  /** Maximum difference between a call's timestamp and now, in both directions. */
  public static final Duration TOLERANCE = Duration.ofMinutes(5);

  private final String key;
  private final boolean legacy;
  private final Clock clock;

  private WebhookVerifier(String key, boolean legacy, Clock clock) {
    if (key.isEmpty() || key.equals(Signature.STANDARD_PREFIX)) {
      throw new IllegalArgumentException("a verifier needs the webhook's secret");
    }
    this.key = key;
    this.legacy = legacy;
    this.clock = clock;
  }

  /** Verifies {@code X-Webhook-Signature} with {@code secret}. */
  public static WebhookVerifier legacy(String secret) {
    return new WebhookVerifier(secret, true, Clock.systemUTC());
  }

  /** Verifies {@code webhook-signature} with the secret or the public key {@code whpk_…}. */
  public static WebhookVerifier standard(String secretOrPublicKey) {
    return standard(secretOrPublicKey, Clock.systemUTC());
  }

  /** The same, with another clock. */
  public static WebhookVerifier standard(String secretOrPublicKey, Clock clock) {
    return new WebhookVerifier(secretOrPublicKey, false, clock);
  }

  /**
   * Whether the call has a valid signature.
   *
   * @param body exactly as received
   * @param header the value of a header by its name, null if it is missing
   */
  public boolean verifies(byte[] body, UnaryOperator<@Nullable String> header) {
    return legacy
        ? verifiesLegacy(body, header.apply("X-Webhook-Signature"))
        : verifiesStandard(
            body,
            header.apply("webhook-id"),
            header.apply("webhook-timestamp"),
            header.apply("webhook-signature"));
  }

  private boolean verifiesLegacy(byte[] body, @Nullable String signature) {
    return signature != null
        && same(Signature.legacy(key, body), signature.strip().toLowerCase(Locale.ROOT));
  }

  private boolean verifiesStandard(
      byte[] body, @Nullable String id, @Nullable String timestamp, @Nullable String signatures) {
    if (id == null || signatures == null || timestamp == null || !timestamp.matches("\\d{1,12}")) {
      return false;
    }
    long seconds = Long.parseLong(timestamp);
    if (Math.abs(clock.instant().getEpochSecond() - seconds) > TOLERANCE.toSeconds()) {
      return false;
    }
    boolean verified = false;
    for (String signature : signatures.split(" ", -1)) {
      verified |= verifiesOne(signature, id, seconds, body);
    }
    return verified;
  }

  private boolean verifiesOne(String signature, String id, long seconds, byte[] body) {
    if (!key.startsWith(Ed25519.PUBLIC_PREFIX)) {
      return signature.startsWith("v1,")
          && same(Signature.standard(key, id, seconds, body), signature);
    }
    if (!signature.startsWith("v1a,")) {
      return false;
    }
    try {
      byte[] signed = Base64.getDecoder().decode(signature.substring("v1a,".length()));
      return Ed25519.verifies(key, Signature.signed(id, seconds, body), signed);
    } catch (IllegalArgumentException notBase64) {
      return false;
    }
  }

  private static boolean same(String expected, String given) {
    return MessageDigest.isEqual(
        expected.getBytes(StandardCharsets.UTF_8), given.getBytes(StandardCharsets.UTF_8));
  }
}
