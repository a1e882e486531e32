package dev.switchboard.sealing;

import dev.switchboard.config.EncryptionConfig;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Map;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * The configured keys by their ids, and AES-256-GCM with them. The first key encrypts, every one
 * decrypts, so that keys can be changed while what older ones sealed is still read. Usable from
 * every thread.
 */
public final class KeyRing {
  /** Bytes of a nonce; no two texts under one key may share one. */
  public static final int NONCE_BYTES = 12;

  private static final int TAG_BITS = 128;

  private final Map<String, byte[]> keys;
  private final @Nullable String current;

  /** Of a checked configuration. */
  public KeyRing(EncryptionConfig config) {
    this.keys = config.parsed();
    this.current = keys.isEmpty() ? null : keys.keySet().iterator().next();
  }

  /** Id of the key that encrypts; null if there is none. */
  public @Nullable String current() {
    return current;
  }

  /** The key with that id; null if it is not configured. */
  public @Nullable SecretKey key(String id) {
    byte[] key = keys.get(id);
    return key == null ? null : new SecretKeySpec(key, "AES");
  }

  /**
   * A key for one purpose and one salt: what is sealed under it can't be read as anything else, and
   * needs its own nonces only.
   */
  public @Nullable SecretKey derived(String id, String purpose, byte[] salt) {
    byte[] key = keys.get(id);
    if (key == null) {
      return null;
    }
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      mac.update(purpose.getBytes(StandardCharsets.UTF_8));
      mac.update((byte) 0);
      return new SecretKeySpec(mac.doFinal(salt), "AES");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Text and tag. */
  public static byte[] encrypt(SecretKey key, byte[] nonce, byte[] bound, byte[] text) {
    try {
      return cipher(Cipher.ENCRYPT_MODE, key, nonce, bound).doFinal(text);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * The text again.
   *
   * @throws GeneralSecurityException if the key is another, or a byte was changed
   */
  public static byte[] decrypt(SecretKey key, byte[] nonce, byte[] bound, byte[] sealed)
      throws GeneralSecurityException {
    if (sealed.length < TAG_BITS / Byte.SIZE) {
      throw new GeneralSecurityException("it is cut off");
    }
    return cipher(Cipher.DECRYPT_MODE, key, nonce, bound).doFinal(sealed);
  }

  private static Cipher cipher(int mode, SecretKey key, byte[] nonce, byte[] bound)
      throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
    cipher.updateAAD(bound);
    return cipher;
  }
}
