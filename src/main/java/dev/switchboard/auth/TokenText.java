package dev.switchboard.auth;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;

/** Reads parts of a token without verifying it. */
final class TokenText {
  private static final int DIGEST_BYTES = 16;

  private TokenText() {}

  /** Returns the header; empty if the text is not a token. */
  static JsonObject header(String token) {
    return part(token, 0);
  }

  /** Whether the token's {@code exp} is before {@code now}. */
  static boolean isExpired(String token, Instant now) {
    return expires(token).getEpochSecond() < now.getEpochSecond();
  }

  /** Returns the token's {@code exp}; {@link Instant#MAX} if it is not a number. */
  static Instant expires(String token) {
    Object expires = part(token, 1).getValue("exp");
    return expires instanceof Number seconds ? second(seconds.longValue()) : Instant.MAX;
  }

  private static Instant second(long seconds) {
    return seconds < Instant.MIN.getEpochSecond() || seconds > Instant.MAX.getEpochSecond()
        ? Instant.MAX
        : Instant.ofEpochSecond(seconds);
  }

  /** Returns an identifier for a token without {@code jti}, from which it can't be recovered. */
  static String digest(String token) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, DIGEST_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static JsonObject part(String token, int index) {
    String[] parts = token.split("\\.", -1);
    try {
      return parts.length == 3
          ? new JsonObject(Buffer.buffer(Base64.getUrlDecoder().decode(parts[index])))
          : new JsonObject();
    } catch (IllegalArgumentException | DecodeException e) {
      return new JsonObject();
    }
  }
}
