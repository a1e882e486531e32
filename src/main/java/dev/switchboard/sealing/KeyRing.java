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
 * The configured keys by id, and AES-256-GCM with them. The first key encrypts and all of them
 * decrypt, so that a key can be replaced while values sealed under it are still read. Usable from
 * every thread.
 */
public final class KeyRing {
  /** Bytes of a nonce; no two values under one key may share one. */
  public static final int NONCE_BYTES = 12;

  private static final int TAG_BITS = 128;

  private final Map<String, byte[]> keys;
  private final @Nullable String current;

  public KeyRing(EncryptionConfig config) {
    this.keys = config.parsed();
    this.current = keys.isEmpty() ? null : keys.keySet().iterator().next();
  }

  /** Returns the id of the key that encrypts; null if no key is configured. */
  public @Nullable String current() {
    return current;
  }

  /** Returns the key with that id; null if it is not configured. */
  public @Nullable SecretKey key(String id) {
    byte[] key = keys.get(id);
    return key == null ? null : new SecretKeySpec(key, "AES");
  }

  /**
   * Derives a key for one purpose and one salt. Values sealed under it can't be opened for another
   * purpose, and need unique nonces only among each other.
   *
   * @return null if no key with that id is configured
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

  /**
   * Encrypts a text; returns the ciphertext followed by the tag.
   *
   * @param context additional authenticated data: {@link #decrypt} needs the same
   */
  public static byte[] encrypt(SecretKey key, byte[] nonce, byte[] context, byte[] text) {
    try {
      return cipher(Cipher.ENCRYPT_MODE, key, nonce, context).doFinal(text);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Decrypts what {@link #encrypt} returned.
   *
   * @throws GeneralSecurityException if the key or the context is another, or a byte was changed
   */
  public static byte[] decrypt(SecretKey key, byte[] nonce, byte[] context, byte[] sealed)
      throws GeneralSecurityException {
    if (sealed.length < TAG_BITS / Byte.SIZE) {
      throw new GeneralSecurityException("the value is truncated");
    }
    return cipher(Cipher.DECRYPT_MODE, key, nonce, context).doFinal(sealed);
  }

  private static Cipher cipher(int mode, SecretKey key, byte[] nonce, byte[] context)
      throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
    cipher.updateAAD(context);
    return cipher;
  }
}
