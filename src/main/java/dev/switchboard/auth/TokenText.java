package dev.switchboard.auth;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;

/** What the text of a token says by itself, proven or not. */
final class TokenText {
  private static final int DIGEST_BYTES = 16;

  private TokenText() {}

  /** The header; empty if the text is no token. */
  static JsonObject header(String token) {
    return part(token, 0);
  }

  /** Whether its end has passed. */
  static boolean isExpired(String token) {
    Object expires = part(token, 1).getValue("exp");
    return expires instanceof Number seconds
        && seconds.longValue() < System.currentTimeMillis() / 1000;
  }

  /** Stands for a token that has no id of its own; tells nothing of it. */
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
