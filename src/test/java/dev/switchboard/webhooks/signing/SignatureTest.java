package dev.switchboard.webhooks.signing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.standardwebhooks.exceptions.WebhookVerificationException;
import dev.switchboard.webhooks.Deliveries;
import dev.switchboard.webhooks.call.CallRequest;
import dev.switchboard.webhooks.call.DeliveryBody;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** Signatures as receivers of both schemes check them. */
class SignatureTest {
  private static final String BODY = "{\"test\": 2432232314}";

  @Test
  void legacySignatureIsTheHexadecimalHmacOfTheBody() {
    assertThat(Signature.legacy("seed-secret", utf8(BODY)))
        .isEqualTo("23d8c0e99e06fe911921b12407f789a976955bcce44c909e904ee46d00dbf66f");
  }

  @Test
  void standardSignatureEqualsThePublishedVector() {
    String signature =
        Signature.standard(
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1_614_265_330,
            utf8(BODY));

    assertThat(signature).isEqualTo("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
  }

  @Test
  void legacySchemeUsesThePrefixOfASecretAsText() {
    assertThat(Signature.legacy("whsec_MfKQ", utf8(BODY)))
        .isNotEqualTo(Signature.legacy("MfKQ", utf8(BODY)));
  }

  @Property(tries = 200)
  void signatureIsVerifiedByTheLibraryOfStandardWebhooks(@ForAll byte[] key, @ForAll String text) {
    byte[] secret = key.length == 0 ? new byte[] {1} : key;
    String body = new String(utf8(text), StandardCharsets.UTF_8);
    String encoded = "whsec_" + Base64.getEncoder().encodeToString(secret);
    long now = System.currentTimeMillis() / 1000;

    String signature = Signature.standard(encoded, "msg_1", now, utf8(body));

    assertThatCode(() -> verify(encoded, body, now, signature)).doesNotThrowAnyException();
    assertThatThrownBy(() -> verify(encoded, body + " ", now, signature))
        .isInstanceOf(WebhookVerificationException.class);
  }

  private static void verify(String secret, String body, long now, String signature)
      throws WebhookVerificationException {
    Map<String, List<String>> headers =
        Map.of(
            "webhook-id", List.of("msg_1"),
            "webhook-timestamp", List.of(Long.toString(now)),
            "webhook-signature", List.of(signature));
    new com.standardwebhooks.Webhook(secret).verify(body, HttpHeaders.of(headers, (n, v) -> true));
  }

  @Test
  void secretThatIsNoBase64AfterAllIsUsedAsItsText() {
    assertThat(Signature.standard("whsec_not base64!", "i", 1, utf8(BODY))).startsWith("v1,");
    assertThat(Signature.standard("your-secret-key", "i", 1, utf8(BODY)))
        .isNotEqualTo(Signature.standard("whsec_your-secret-key", "i", 1, utf8(BODY)));
  }

  @Test
  void everySecretGivesASignature() {
    for (String secret : List.of("", "whsec_", " ", "ü")) {
      assertThat(Signature.legacy(secret, utf8(BODY))).hasSize(64);
      assertThat(Signature.standard(secret, "i", 1, utf8(BODY))).hasSize(47);
    }
  }

  @Test
  void bodyOfADeliveryContainsThePayloadByteForByte() {
    byte[] body =
        DeliveryBody.of(
            CallRequest.of(Deliveries.claimed(1, 42, "{\"x\":\"\u20ac\",\"payload\":[1.5]}")));

    assertThat(new String(body, StandardCharsets.UTF_8))
        .isEqualTo(
            "{\"event\":\"call.incoming\",\"timestamp\":1729866000,"
                + "\"data\":{\"x\":\"\u20ac\",\"payload\":[1.5]}}");
  }

  @Test
  void idOfADeliveryIsUniquePerEventAndWebhook() {
    assertThat(DeliveryBody.id(CallRequest.of(Deliveries.claimed(1, 42))))
        .isEqualTo(DeliveryBody.id(CallRequest.of(Deliveries.claimed(2, 42))))
        .isNotEqualTo(DeliveryBody.id(CallRequest.of(Deliveries.claimed(1, 43))))
        .matches("msg_[0-9a-f]{32}");
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
