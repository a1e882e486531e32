package dev.switchboard.webhooks.signing;

import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signs a request body with a webhook's secret, by the scheme of {@code X-Webhook-Signature} and by
 * that of Standard Webhooks 1.0.
 */
public final class Signature {
  /** A secret of this form is Base64 after the prefix; Standard Webhooks signs with its bytes. */
  public static final String STANDARD_PREFIX = "whsec_";

  private static final String HMAC = "HmacSHA256";

  /** Kept per thread: making one takes as long as signing. */
  private static final ThreadLocal<Mac> MAC = ThreadLocal.withInitial(Signature::newMac);

  private Signature() {}

  private static Mac newMac() {
    try {
      return Mac.getInstance(HMAC);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Value of {@code X-Webhook-Signature}: hexadecimal HMAC-SHA256 of the body, keyed by the
   * secret's text.
   */
  public static String legacy(String secret, byte[] body) {
    return HexFormat.of().formatHex(hmac(secret.getBytes(StandardCharsets.UTF_8), body));
  }

  /**
   * Value of {@code webhook-signature}: {@code v1,} and the Base64 HMAC-SHA256 of {@code
   * id.timestamp.body}.
   *
   * @param timestamp of the attempt, seconds since 1970
   */
  public static String standard(String secret, String id, long timestamp, byte[] body) {
    byte[] mac = hmac(standardKey(secret), signed(id, timestamp, body));
    return "v1," + Base64.getEncoder().encodeToString(mac);
  }

  /** The signed content of Standard Webhooks: {@code id.timestamp.body}. */
  static byte[] signed(String id, long timestamp, byte[] body) {
    byte[] head = (id + "." + timestamp + ".").getBytes(StandardCharsets.UTF_8);
    byte[] signed = new byte[head.length + body.length];
    System.arraycopy(head, 0, signed, 0, head.length);
    System.arraycopy(body, 0, signed, head.length, body.length);
    return signed;
  }

  /** A secret that is not valid Base64 is used as its text. */
  private static byte[] standardKey(String secret) {
    if (secret.startsWith(STANDARD_PREFIX)) {
      try {
        return Base64.getDecoder().decode(secret.substring(STANDARD_PREFIX.length()));
      } catch (IllegalArgumentException notBase64) {
        return secret.getBytes(StandardCharsets.UTF_8);
      }
    }
    return secret.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] hmac(byte[] key, byte[] message) {
    try {
      Mac mac = MAC.get();
      mac.init(new SecretKeySpec(key.length == 0 ? new byte[1] : key, HMAC));
      return mac.doFinal(message);
    } catch (InvalidKeyException e) {
      throw new IllegalStateException(e);
    }
  }
}
