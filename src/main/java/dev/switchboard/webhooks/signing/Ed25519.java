package dev.switchboard.webhooks.signing;

import dev.switchboard.config.Secret;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;

/**
 * Makes keys and signatures of Standard Webhooks' asymmetric scheme. A private key is {@code whsk_}
 * and the Base64 of seed and public key, a public key {@code whpk_} and the Base64 of it alone.
 */
public final class Ed25519 {
  static final String PRIVATE_PREFIX = "whsk_";
  static final String PUBLIC_PREFIX = "whpk_";
  private static final int KEY_BYTES = 32;

  /** The bytes before the seed in PKCS #8 (RFC 8410), and before the public key in X.509. */
  private static final byte[] PKCS8_HEAD =
      HexFormat.of().parseHex("302e020100300506032b657004220420");

  private static final byte[] X509_HEAD = HexFormat.of().parseHex("302a300506032b6570032100");

  private Ed25519() {}

  /** Generates a private key. */
  public static Secret generate() {
    try {
      KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
      byte[] both =
          join(lastBytes(pair.getPrivate().getEncoded()), lastBytes(pair.getPublic().getEncoded()));
      return new Secret(PRIVATE_PREFIX + Base64.getEncoder().encodeToString(both));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  public static String publicOf(Secret privateKey) {
    return PUBLIC_PREFIX + Base64.getEncoder().encodeToString(lastBytes(bytes(privateKey)));
  }

  /**
   * Returns {@code v1a,} and the Base64 signature of {@code id.timestamp.body}.
   *
   * @param timestamp seconds since 1970
   * @throws IllegalArgumentException if the key is malformed
   */
  public static String sign(Secret privateKey, String id, long timestamp, byte[] body) {
    byte[] both = bytes(privateKey);
    try {
      PrivateKey key =
          KeyFactory.getInstance("Ed25519")
              .generatePrivate(
                  new PKCS8EncodedKeySpec(join(PKCS8_HEAD, Arrays.copyOf(both, KEY_BYTES))));
      java.security.Signature signature = java.security.Signature.getInstance("Ed25519");
      signature.initSign(key);
      signature.update(Signature.signed(id, timestamp, body));
      return "v1a," + Base64.getEncoder().encodeToString(signature.sign());
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("the ed25519 key can't be used", e);
    }
  }

  /** Whether {@code signed} is the signature of {@code message} by the key. */
  static boolean verifies(String publicKey, byte[] message, byte[] signed) {
    try {
      byte[] raw = Base64.getDecoder().decode(publicKey.substring(PUBLIC_PREFIX.length()));
      PublicKey key =
          KeyFactory.getInstance("Ed25519")
              .generatePublic(new X509EncodedKeySpec(join(X509_HEAD, raw)));
      java.security.Signature signature = java.security.Signature.getInstance("Ed25519");
      signature.initVerify(key);
      signature.update(message);
      return signature.verify(signed);
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      return false;
    }
  }

  private static byte[] bytes(Secret privateKey) {
    String text = privateKey.reveal();
    byte[] both =
        text.startsWith(PRIVATE_PREFIX)
            ? Base64.getDecoder().decode(text.substring(PRIVATE_PREFIX.length()))
            : new byte[0];
    if (both.length != 2 * KEY_BYTES) {
      throw new IllegalArgumentException("an ed25519 key is whsk_ and the Base64 of 64 bytes");
    }
    return both;
  }

  private static byte[] lastBytes(byte[] encoded) {
    return Arrays.copyOfRange(encoded, encoded.length - KEY_BYTES, encoded.length);
  }

  private static byte[] join(byte[] head, byte[] tail) {
    byte[] joined = Arrays.copyOf(head, head.length + tail.length);
    System.arraycopy(tail, 0, joined, head.length, tail.length);
    return joined;
  }
}
