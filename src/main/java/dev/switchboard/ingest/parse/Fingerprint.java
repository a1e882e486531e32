package dev.switchboard.ingest.parse;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Makes short hexadecimal digests of texts that are too long to be part of an event id. */
public final class Fingerprint {
  private static final int BYTES = 20;

  private Fingerprint() {}

  /** Digest of the text, long enough to be collision-resistant. */
  public static String of(String text) {
    return of(text, BYTES);
  }

  /** Digest truncated to {@code bytes}, for uses where only accidental collisions matter. */
  public static String of(String text, int bytes) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
