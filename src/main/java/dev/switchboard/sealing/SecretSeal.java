package dev.switchboard.sealing;

import static java.util.Objects.requireNonNull;

import dev.switchboard.config.EncryptionConfig;
import dev.switchboard.config.Secret;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.SecretKey;
import org.jspecify.annotations.Nullable;

/**
 * Encrypts secrets before they are stored and decrypts them afterwards: {@code enc:v1:<key
 * id>:<Base64 of nonce, AES-256-GCM ciphertext and tag>}.
 *
 * <p>Each is bound to an owner, so that a stored text moved to another owner's row can't be
 * decrypted there. A text without the prefix was stored by plain SQL, or before a key was
 * configured, and is returned as it is. Usable from every thread.
 */
public final class SecretSeal {
  private static final String PREFIX = "enc:v1:";
  private static final SecureRandom RANDOM = new SecureRandom();

  private final KeyRing keys;
  private final @Nullable String current;

  /** Uses the configured keys; without any, nothing is encrypted. */
  public SecretSeal(EncryptionConfig config) {
    this.keys = new KeyRing(config);
    this.current = keys.current();
  }

  /** A stored secret can't be decrypted: its key is not configured, or it was changed. */
  public static final class SealedException extends RuntimeException {
    SealedException(String message) {
      super(message);
    }
  }

  /** Whether secrets are encrypted. */
  public boolean encrypts() {
    return current != null;
  }

  /** Returns the form of an owner's secret to store. */
  public String seal(Secret secret, String owner) {
    if (current == null) {
      return secret.reveal();
    }
    byte[] nonce = new byte[KeyRing.NONCE_BYTES];
    RANDOM.nextBytes(nonce);
    byte[] text =
        KeyRing.encrypt(
            requireNonNull(keys.key(current)), nonce, bytes(owner), bytes(secret.reveal()));
    byte[] sealed = Arrays.copyOf(nonce, KeyRing.NONCE_BYTES + text.length);
    System.arraycopy(text, 0, sealed, KeyRing.NONCE_BYTES, text.length);
    return PREFIX + current + ":" + Base64.getEncoder().encodeToString(sealed);
  }

  /**
   * Decrypts a stored secret of the owner; none for null.
   *
   * @throws SealedException if it can't be decrypted
   */
  public Secret open(@Nullable String stored, String owner) {
    if (stored == null) {
      return Secret.NONE;
    }
    if (!stored.startsWith(PREFIX)) {
      return new Secret(stored);
    }
    int colon = stored.indexOf(':', PREFIX.length());
    String id = colon < 0 ? "" : stored.substring(PREFIX.length(), colon);
    SecretKey key = keys.key(id);
    if (key == null) {
      throw new SealedException("no encryption key with the id " + id + " is configured");
    }
    try {
      byte[] sealed = Base64.getDecoder().decode(stored.substring(colon + 1));
      byte[] nonce = Arrays.copyOf(sealed, KeyRing.NONCE_BYTES);
      byte[] rest = Arrays.copyOfRange(sealed, KeyRing.NONCE_BYTES, sealed.length);
      byte[] text = KeyRing.decrypt(key, nonce, bytes(owner), rest);
      return new Secret(new String(text, StandardCharsets.UTF_8));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new SealedException("a stored secret can't be decrypted with the encryption key " + id);
    }
  }

  /** Whether a stored secret should be sealed again: it is plain, or under an older key. */
  public boolean isOutdated(@Nullable String stored) {
    return stored != null && current != null && !stored.startsWith(PREFIX + current + ":");
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
