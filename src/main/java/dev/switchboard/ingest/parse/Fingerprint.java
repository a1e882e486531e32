package dev.switchboard.ingest.parse;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Short hexadecimal digests that event ids are made of, where a text itself would not fit. */
public final class Fingerprint {
  private static final int BYTES = 20;

  private Fingerprint() {}

  /** Long enough that nobody can find a second text with the same one. */
  public static String of(String text) {
    return of(text, BYTES);
  }

  /** Of so many bytes, where a chance meeting is all there is to fear. */
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
