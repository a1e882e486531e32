package dev.switchboard.sealing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.config.EncryptionConfig;
import dev.switchboard.config.Secret;
import dev.switchboard.event.Envelope;
import dev.switchboard.event.EnvelopeHead;
import dev.switchboard.fuzz.FuzzTarget;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;

/**
 * Stored values that may be encrypted: an envelope from Redis, a secret from Postgres. What was
 * sealed here is opened again; everything else is refused or returned as it is.
 */
class SealFuzzTest extends FuzzTarget {
  private static final EncryptionConfig CONFIG =
      new EncryptionConfig(new Secret("k1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="), true);

  private final PayloadSeal payloads = new PayloadSeal(CONFIG, new SimpleMeterRegistry());
  private final SecretSeal secrets = new SecretSeal(CONFIG);

  @Override
  protected void check(byte[] input) {
    byte[] opened = payloads.open(input);
    if (opened != null && opened != input) {
      assertThat(Envelope.payloadMember(opened)).isNotNegative();
    }
    checkSealed(input);
    String text = text(input);
    try {
      Secret secret = secrets.open(text, "tenant-123");
      assertThat(text.startsWith("enc:v1:") || secret.reveal().equals(text)).isTrue();
    } catch (SecretSeal.SealedException refused) {
      assertThat(text).startsWith("enc:v1:");
    }
    String sealed = secrets.seal(new Secret(text), "tenant-123");
    assertThat(secrets.open(sealed, "tenant-123").reveal()).isEqualTo(text);
  }

  private void checkSealed(byte[] input) {
    boolean ours =
        EnvelopeHead.scan(input) != null
            || EnvelopeHead.scan(Envelope.withoutPosition(input)) != null;
    if (ours) {
      assertThat(payloads.open(payloads.seal(input))).isEqualTo(input);
    }
  }
}
