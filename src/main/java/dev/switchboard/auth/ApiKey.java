package dev.switchboard.auth;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;

/**
 * The secret of a backend: {@code sbk_} and 256 random bits. Only its SHA-256 is stored; with that
 * much entropy a slow hash would protect nothing more.
 */
public record ApiKey(String reveal) {
  /** Prefix that distinguishes an API key from a token. */
  public static final String PREFIX = "sbk_";

  private static final SecureRandom RANDOM = new SecureRandom();

  public static ApiKey generate() {
    byte[] bits = new byte[32];
    RANDOM.nextBytes(bits);
    return new ApiKey(PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(bits));
  }

  /** SHA-256 of the key. */
  public byte[] hash() {
    try {
      return MessageDigest.getInstance("SHA-256").digest(reveal.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public String toString() {
    return PREFIX + "***";
  }
}
