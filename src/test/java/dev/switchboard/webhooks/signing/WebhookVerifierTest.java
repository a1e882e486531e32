package dev.switchboard.webhooks.signing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.switchboard.config.Secret;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The published vectors of Standard Webhooks, and what must fail. */
class WebhookVerifierTest {
  private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  private static final String ID = "msg_p5jXN8AQM9LWM0D4loKWxJek";
  private static final long AT = 1_614_265_330;
  private static final byte[] BODY = "{\"test\": 2432232314}".getBytes(StandardCharsets.UTF_8);
  private static final String GOOD = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
  private static final String BAD = "v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc=";
  private static final String PRIVATE =
      "whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg==";
  private static final String PUBLIC = "whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4=";
  private static final String ASYMMETRIC =
      "v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg==";

  @Test
  void acceptsThePublishedSignatureAmongOthers() {
    assertThat(verifies(SECRET, 0, GOOD)).isTrue();
    assertThat(verifies(SECRET, 300, BAD + " v2,x " + GOOD + " " + BAD)).isTrue();
    assertThat(verifies(SECRET, -300, GOOD)).isTrue();
  }

  @Test
  void refusesWrongUnknownEmptyAndOldSignatures() {
    assertThat(verifies(SECRET, 0, BAD)).isFalse();
    assertThat(verifies(SECRET, 0, "v1,")).isFalse();
    assertThat(verifies(SECRET, 0, "")).isFalse();
    assertThat(verifies(SECRET, 0, GOOD.replace("v1,", "v2,"))).isFalse();
    assertThat(verifies(SECRET, 301, GOOD)).isFalse();
    assertThat(verifies(SECRET, -301, GOOD)).isFalse();
    assertThrows(IllegalArgumentException.class, () -> WebhookVerifier.standard("whsec_"));
  }

  @Test
  void signsAndVerifiesAsymmetrically() {
    assertThat(Ed25519.sign(new Secret(PRIVATE), ID, AT, BODY)).isEqualTo(ASYMMETRIC);
    assertThat(Ed25519.publicOf(new Secret(PRIVATE))).isEqualTo(PUBLIC);
    assertThat(verifies(PUBLIC, 0, GOOD + " " + ASYMMETRIC)).isTrue();
    assertThat(verifies(PUBLIC, 0, GOOD + " " + ASYMMETRIC.replace("hnO3", "hnO4"))).isFalse();
    assertThat(verifies(Ed25519.publicOf(Ed25519.generate()), 0, ASYMMETRIC)).isFalse();
  }

  @Test
  void acceptsTheHexSignatureOfTheBodyAlone() {
    WebhookVerifier verifier = WebhookVerifier.legacy("seed-secret");
    String signature = "23d8c0e99e06fe911921b12407f789a976955bcce44c909e904ee46d00dbf66f";

    assertThat(verifier.verifies(BODY, name -> signature)).isTrue();
    assertThat(verifier.verifies(new byte[0], name -> signature)).isFalse();
    assertThat(verifier.verifies(BODY, name -> null)).isFalse();
  }

  private static boolean verifies(String key, long secondsLater, String signatures) {
    Clock clock = Clock.fixed(Instant.ofEpochSecond(AT + secondsLater), ZoneOffset.UTC);
    Map<String, String> headers =
        Map.of(
            "webhook-id",
            ID,
            "webhook-timestamp",
            Long.toString(AT),
            "webhook-signature",
            signatures);
    return WebhookVerifier.standard(key, clock).verifies(BODY, headers::get);
  }
}
