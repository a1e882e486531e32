package dev.switchboard.webhooks.registry;

import dev.switchboard.config.Secret;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The certificate that calls of a webhook present to a receiver that asks for one, with its private
 * key, which belongs to it.
 *
 * @param chain the certificate, then those that lead to its authority
 * @param id SHA-256 of the chain, in hexadecimal digits
 */
public record ClientCertificate(List<X509Certificate> chain, PrivateKey key, String id) {
  static final int MAX_CHAIN_LENGTH = 16 << 10;
  static final int MAX_KEY_LENGTH = 8 << 10;

  /** So long before its end an expiry is reported. */
  private static final Duration WARNED = Duration.ofDays(14);

  private static final int MAX_CERTIFICATES = 10;
  private static final int MAX_RSA_BITS = 8_192;
  private static final byte[] PROBE = {1, 2, 3, 4};
  private static final Pattern CERTIFICATES =
      Pattern.compile("(\\s*-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----)+\\s*");
  private static final Pattern KEY =
      Pattern.compile("\\s*-----BEGIN PRIVATE KEY-----([^-]+)-----END PRIVATE KEY-----\\s*");

  public ClientCertificate {
    chain = List.copyOf(chain);
  }

  /**
   * What may be shown of a certificate.
   *
   * @param fingerprint SHA-256 of the certificate, in hexadecimal digits
   */
  public record Info(
      String subject, String issuer, Instant notBefore, Instant notAfter, String fingerprint) {}

  /** A text is not what it must be; the message names neither it nor any part of it. */
  static final class UnusableException extends IllegalArgumentException {
    private final String member;

    UnusableException(String member, String message) {
      super(message);
      this.member = member;
    }

    /** {@code client_certificate} or {@code client_key}. */
    String member() {
      return member;
    }
  }

  /**
   * Parses certificates and a key in PEM form. Expired ones are accepted.
   *
   * @throws UnusableException if they can't be used, or the key is not that of the certificate
   */
  static ClientCertificate parse(String chainText, Secret keyText) {
    List<X509Certificate> chain = chain(chainText);
    PublicKey owner = chain.get(0).getPublicKey();
    PrivateKey key = key(keyText.reveal(), owner);
    if (!belongTogether(key, owner)) {
      throw new UnusableException(
          "client_key", "is not the key of the first certificate in client_certificate");
    }
    return new ClientCertificate(chain, key, sha256(chainText.getBytes(StandardCharsets.UTF_8)));
  }

  private static List<X509Certificate> chain(String text) {
    if (text.length() > MAX_CHAIN_LENGTH || !CERTIFICATES.matcher(text).matches()) {
      throw new UnusableException(
          "client_certificate",
          "must be certificates in PEM form, -----BEGIN CERTIFICATE----- and so on, and nothing"
              + " else; at most "
              + MAX_CHAIN_LENGTH
              + " characters");
    }
    List<X509Certificate> chain;
    try (ByteArrayInputStream in =
        new ByteArrayInputStream(text.getBytes(StandardCharsets.US_ASCII))) {
      chain =
          CertificateFactory.getInstance("X.509").generateCertificates(in).stream()
              .map(X509Certificate.class::cast)
              .toList();
    } catch (Exception unreadable) {
      throw new UnusableException(
          "client_certificate", "holds something that is not an X.509 certificate");
    }
    if (chain.isEmpty() || chain.size() > MAX_CERTIFICATES) {
      throw new UnusableException(
          "client_certificate", "must hold 1 to " + MAX_CERTIFICATES + " certificates");
    }
    return chain;
  }

  private static PrivateKey key(String text, PublicKey owner) {
    Matcher pem = KEY.matcher(text);
    if (text.length() > MAX_KEY_LENGTH || !pem.matches()) {
      throw new UnusableException("client_key", keyForm(text));
    }
    try {
      byte[] encoded = Base64.getMimeDecoder().decode(pem.group(1));
      PrivateKey key =
          KeyFactory.getInstance(owner.getAlgorithm())
              .generatePrivate(new PKCS8EncodedKeySpec(encoded));
      requireShort(key);
      return key;
    } catch (GeneralSecurityException | IllegalArgumentException unreadable) {
      if (unreadable instanceof UnusableException known) {
        throw known;
      }
      throw new UnusableException(
          "client_key",
          "is not a key of the kind that the first certificate has, " + owner.getAlgorithm());
    }
  }

  private static String keyForm(String text) {
    if (text.contains("ENCRYPTED")) {
      return "is encrypted; give it without a passphrase: openssl pkcs8 -in client.key";
    }
    return "must be one private key in PKCS #8 PEM form, -----BEGIN PRIVATE KEY----- and so on, at"
        + " most "
        + MAX_KEY_LENGTH
        + " characters; convert others with: openssl pkcs8 -topk8 -nocrypt -in client.key";
  }

  /** A signature with a longer one would take seconds. */
  private static void requireShort(PrivateKey key) {
    if (key instanceof RSAKey rsa && rsa.getModulus().bitLength() > MAX_RSA_BITS) {
      throw new UnusableException(
          "client_key", "must not be an RSA key of more than " + MAX_RSA_BITS + " bits");
    }
  }

  private static boolean belongTogether(PrivateKey key, PublicKey owner) {
    try {
      Signature signature = Signature.getInstance(signatureOf(owner));
      signature.initSign(key);
      signature.update(PROBE);
      byte[] signed = signature.sign();
      signature.initVerify(owner);
      signature.update(PROBE);
      return signature.verify(signed);
    } catch (GeneralSecurityException notThatKey) {
      return false;
    }
  }

  private static String signatureOf(PublicKey owner) {
    return switch (owner.getAlgorithm()) {
      case "RSA" -> "SHA256withRSA";
      case "EC" -> "SHA256withECDSA";
      case "EdDSA", "Ed25519" -> "EdDSA";
      default ->
          throw new UnusableException("client_certificate", "must have an RSA, EC or Ed25519 key");
    };
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What may be shown of it. */
  public Info info() {
    X509Certificate own = chain.get(0);
    try {
      return new Info(
          own.getSubjectX500Principal().getName(),
          own.getIssuerX500Principal().getName(),
          own.getNotBefore().toInstant(),
          own.getNotAfter().toInstant(),
          sha256(own.getEncoded()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Says that it is not valid at {@code now}; empty if it is. */
  public Optional<String> invalidity(Instant now) {
    if (hasExpired(now)) {
      return Optional.of("expired on " + day(end()));
    }
    Instant begins = info().notBefore();
    return now.isBefore(begins) ? Optional.of("is not valid before " + begins) : Optional.empty();
  }

  /** Says that it is not valid at {@code now}, or soon will not be; empty if neither. */
  Optional<String> expiry(Instant now) {
    Optional<String> invalid = invalidity(now);
    return invalid.isPresent() || !hasExpired(now.plus(WARNED))
        ? invalid
        : Optional.of("expires on " + day(end()));
  }

  /** Whether it may be saved: its time has not ended. */
  boolean hasExpired(Instant now) {
    return now.isAfter(end());
  }

  /** The end of its time, or of the first of its chain that ends. */
  private Instant end() {
    return chain.stream()
        .map(certificate -> certificate.getNotAfter().toInstant())
        .min(Instant::compareTo)
        .orElseThrow();
  }

  private static LocalDate day(Instant time) {
    return LocalDate.ofInstant(time, ZoneOffset.UTC);
  }
}
