package dev.switchboard.bench.reference;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.switchboard.bench.wire.HttpHead;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/** A WebSocket upgrade: whose it is, by an unverified token, and the answer to it. */
record Upgrade(String tenant, String response) {
  private static final String KEY_SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  private static final String TENANT = "\"tenant_id\":\"";

  static Upgrade read(byte[] bytes, int from, int headEnd) {
    String token = HttpHead.header(bytes, from, headEnd, "authorization");
    String key = HttpHead.header(bytes, from, headEnd, "sec-websocket-key");
    String response =
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade"
            + "\r\nSec-WebSocket-Accept: "
            + accept(key)
            + "\r\n\r\n";
    return new Upgrade(tenantOf(token), response);
  }

  private static String tenantOf(String token) {
    int claimsFrom = token.indexOf('.') + 1;
    String part = token.substring(claimsFrom, token.indexOf('.', claimsFrom));
    String claims = new String(Base64.getUrlDecoder().decode(part), ISO_8859_1);
    int from = claims.indexOf(TENANT) + TENANT.length();
    return claims.substring(from, claims.indexOf('"', from));
  }

  private static String accept(String key) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-1").digest((key + KEY_SUFFIX).getBytes(ISO_8859_1));
      return Base64.getEncoder().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JVM has SHA-1", e);
    }
  }
}
