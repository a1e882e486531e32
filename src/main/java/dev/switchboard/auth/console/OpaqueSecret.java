package dev.switchboard.auth.console;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;

/** 256 random bits that mean nothing by themselves. Only their SHA-256 is stored. */
public record OpaqueSecret(String reveal) {
  private static final SecureRandom RANDOM = new SecureRandom();

  /** Generates a secret that begins with {@code prefix}. */
  static OpaqueSecret generate(String prefix) {
    byte[] bits = new byte[32];
    RANDOM.nextBytes(bits);
    return new OpaqueSecret(prefix + Base64.getUrlEncoder().withoutPadding().encodeToString(bits));
  }

  /** The hexadecimal SHA-256. */
  String hash() {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(digest.digest(reveal.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public String toString() {
    return "***";
  }
}
