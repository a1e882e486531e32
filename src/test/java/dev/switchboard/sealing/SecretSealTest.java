package dev.switchboard.sealing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.switchboard.config.EncryptionConfig;
import dev.switchboard.config.Secret;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;

/** Sealing, opening, and changing keys. */
class SecretSealTest {
  private static final String OLD = "old:" + Base64.getEncoder().encodeToString(new byte[32]);
  private static final String NEW =
      "new:"
          + Base64.getEncoder()
              .encodeToString(
                  "0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.US_ASCII));

  @Test
  void sealedSecretOpensForItsOwnerOnly() {
    SecretSeal secretSeal = sealWith(OLD);
    String sealed = secretSeal.seal(new Secret("geheim"), "tenant-1");

    assertThat(sealed).startsWith("enc:v1:old:").doesNotContain("geheim");
    assertThat(secretSeal.open(sealed, "tenant-1").reveal()).isEqualTo("geheim");
    assertThrows(SecretSeal.SealedException.class, () -> secretSeal.open(sealed, "tenant-2"));
    assertThat(secretSeal.seal(new Secret("geheim"), "tenant-1")).isNotEqualTo(sealed);
  }

  @Test
  void plainTextIsReturnedAsItIs() {
    assertThat(sealWith(OLD).open("your-secret-key", "tenant-1").reveal())
        .isEqualTo("your-secret-key");
    assertThat(sealWith("").seal(new Secret("plain"), "tenant-1")).isEqualTo("plain");
  }

  @Test
  void secretOfAnOlderKeyIsOutdated() {
    String sealed = sealWith(OLD).seal(new Secret("geheim"), "tenant-1");
    SecretSeal both = sealWith(NEW + "," + OLD);

    assertThat(both.isOutdated(sealed)).isTrue();
    assertThat(both.open(sealed, "tenant-1").reveal()).isEqualTo("geheim");
    assertThat(both.isOutdated(both.seal(new Secret("geheim"), "tenant-1"))).isFalse();
    assertThrows(SecretSeal.SealedException.class, () -> sealWith(NEW).open(sealed, "tenant-1"));
  }

  private static SecretSeal sealWith(String keys) {
    return new SecretSeal(new EncryptionConfig(new Secret(keys), false));
  }
}
