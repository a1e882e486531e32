package dev.switchboard.sealing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.config.EncryptionConfig;
import dev.switchboard.config.Secret;
import dev.switchboard.event.Envelope;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class PayloadSealTest {
  private static final String OLD = "old:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
  private static final String NEW = "new:Hx4dHBsaGRgXFhUUExIREA8ODQwLCgkIBwYFBAMCAQA=";

  private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();

  private PayloadSeal seal(String keys, boolean payloads) {
    return new PayloadSeal(new EncryptionConfig(new Secret(keys), payloads), metrics);
  }

  private static byte[] body(String event, String payload) {
    String text =
        "\"event_id\":\"%s\",\"type\":\"alert\",\"tenant_id\":\"t\",\"timestamp\":\"2026-11-24T09:30:00.123Z\",\"payload\":%s}";
    return text.formatted(event, payload).getBytes(StandardCharsets.UTF_8);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  @Property(tries = 200)
  void whatIsSealedIsReadAgainByteForByte(@ForAll byte[] noise) {
    PayloadSeal seal = seal(NEW, true);
    byte[] payload = ("\"" + noise.length + "\"").getBytes(StandardCharsets.UTF_8);
    byte[] body =
        Envelope.withPayload("\"event_id\":\"e\"".getBytes(StandardCharsets.UTF_8), noise);
    assertThat(seal.open(seal.seal(body))).isEqualTo(body);
    assertThat(seal.open(Envelope.withoutPosition(seal.seal(body("e", text(payload))))))
        .isEqualTo(Envelope.withoutPosition(body("e", text(payload))));
  }

  @Test
  void headStaysReadableAndThePayloadDoesNot() {
    String sealed = text(seal(NEW, true).seal(body("e1", "{\"caller_id\":\"+1234567890\"}")));

    assertThat(sealed).startsWith("\"event_id\":\"e1\",\"type\":\"alert\"").endsWith("\"}");
    assertThat(sealed).contains(",\"sealed\":\"v1:new:").doesNotContain("caller_id", "1234567890");
  }

  @Test
  void samePayloadIsNeverSealedToTheSameBytes() {
    PayloadSeal seal = seal(NEW, true);

    assertThat(seal.seal(body("e", "1"))).isNotEqualTo(seal.seal(body("e", "1")));
    assertThat(seal.seal(body("e", "1"))).isNotEqualTo(seal(NEW, true).seal(body("e", "1")));
  }

  @Test
  void olderKeyStillDecryptsAlsoIfEncryptionIsOff() {
    byte[] sealed = seal(OLD, true).seal(body("e", "1"));

    assertThat(seal(NEW + "," + OLD, true).open(sealed)).isEqualTo(body("e", "1"));
    assertThat(seal(NEW + "," + OLD, false).open(sealed)).isEqualTo(body("e", "1"));
    assertThat(seal(NEW, true).open(body("e", "1"))).isEqualTo(body("e", "1"));
    assertThat(seal("", false).seal(body("e", "1"))).isEqualTo(body("e", "1"));
  }

  @Test
  void unreadablePayloadsAreCounted() {
    byte[] sealed = seal(OLD, true).seal(body("e", "1"));
    String moved = text(sealed).replace("\"event_id\":\"e\"", "\"event_id\":\"f\"");
    String cut = text(sealed).substring(0, text(sealed).length() - 6) + "\"}";
    String later = text(sealed).replace("\"v1:", "\"v9:");

    assertThat(seal(NEW, true).open(sealed)).isNull();
    for (String broken : new String[] {moved, cut, later}) {
      assertThat(seal(OLD, true).open(broken.getBytes(StandardCharsets.UTF_8))).isNull();
    }
    assertThat(metrics.counter("switchboard.payloads.unreadable").count()).isEqualTo(4);
  }

  @Test
  void plainPayloadThatLooksSealedIsReturnedAsItIs() {
    byte[] body = body("e", "{\"a\":1,\"sealed\":\"v1:new:AAAA\"}");

    assertThat(seal(NEW, true).open(body)).isEqualTo(body);
    assertThat(seal(NEW, true).open(seal(NEW, true).seal(body))).isEqualTo(body);
  }
}
