package dev.switchboard.webhooks.call;

import dev.switchboard.webhooks.registry.ClientCertificate;
import java.security.SignatureException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Describes what is wrong with a TLS connection for the receiver's operator. The description
 * contains nothing that the receiver sent.
 */
final class TlsFault {
  private static final Pattern ALERT = Pattern.compile("fatal alert: ([a-z_]+)");
  private static final String VERSION =
      "the receiver speaks no version of TLS that this server accepts; it needs TLS 1.2 or 1.3";
  private static final String HOST = "the certificate is not for the URL's host";
  private static final String CLIENT_CERTIFICATE = "the receiver wants a client certificate";

  private TlsFault() {}

  static boolean isTls(Throwable failure) {
    return causes(failure).anyMatch(TlsFault::isOfTls);
  }

  /**
   * The TLS fault that {@code failure} stands for; empty if it is of another kind.
   *
   * @param presented the certificate that the call presents; null: none
   */
  static Optional<String> of(Throwable failure, @Nullable ClientCertificate presented) {
    return isTls(failure)
        ? Optional.of(ofCertificate(failure).orElseGet(() -> ofHandshake(failure, presented)))
        : Optional.empty();
  }

  private static Stream<Throwable> causes(Throwable failure) {
    return Stream.iterate(failure, cause -> cause != null, Throwable::getCause);
  }

  private static boolean isOfTls(Throwable cause) {
    return cause instanceof SSLException || cause instanceof CertificateException;
  }

  private static Optional<String> ofCertificate(Throwable failure) {
    return causes(failure).flatMap(cause -> words(cause).stream()).findFirst();
  }

  private static Optional<String> words(Throwable cause) {
    if (cause instanceof CertificateExpiredException) {
      return Optional.of("the certificate has expired");
    }
    if (cause instanceof CertificateNotYetValidException) {
      return Optional.of("the certificate is not yet valid");
    }
    if (cause instanceof CertPathBuilderException || cause instanceof SignatureException) {
      return Optional.of(
          "the certificate is signed by an unknown authority, or its chain is incomplete");
    }
    boolean wrongHost =
        cause instanceof CertificateException
            && message(cause)
                .matches("(?s)(No name matching|No subject alternative|Illegal given).*");
    return wrongHost ? Optional.of(HOST) : Optional.empty();
  }

  private static String ofHandshake(Throwable failure, @Nullable ClientCertificate presented) {
    if (causes(failure).anyMatch(TlsFault::isNoRecord)) {
      return "the receiver does not speak TLS on this port";
    }
    if (causes(failure).anyMatch(cause -> message(cause).contains("protocol version"))) {
      return VERSION;
    }
    return causes(failure)
        .map(cause -> ALERT.matcher(message(cause)))
        .filter(Matcher::find)
        .map(found -> ofAlert(found.group(1), presented))
        .findFirst()
        .orElse(
            causes(failure).anyMatch(CertificateException.class::isInstance)
                ? "the certificate can't be verified"
                : "the handshake failed");
  }

  /** Names of RFC 8446, section 6.2. */
  private static String ofAlert(String alert, @Nullable ClientCertificate presented) {
    return switch (alert) {
      case "protocol_version" -> VERSION;
      case "certificate_required", "bad_certificate" ->
          presented == null ? CLIENT_CERTIFICATE : refused(presented);
      case "certificate_expired",
          "certificate_revoked",
          "certificate_unknown",
          "unsupported_certificate",
          "unknown_ca",
          "access_denied" ->
          presented == null
              ? "the receiver refused the connection with the alert " + alert
              : refused(presented) + " (alert " + alert + ")";
      case "handshake_failure" ->
          "the receiver refused the handshake: there is no common cipher, or it "
              + (presented == null
                  ? "wants a client certificate"
                  : "does not accept the webhook's client certificate");
      case "unrecognized_name" -> "the receiver does not know the URL's host";
      default -> "the receiver refused the connection with the alert " + alert;
    };
  }

  private static String refused(ClientCertificate presented) {
    return presented
        .invalidity(Instant.now())
        .map(
            invalid ->
                "the receiver refused the webhook's client certificate, which "
                    + invalid
                    + "; give the webhook a new one")
        .orElse(
            "the receiver refused the webhook's client certificate, or wants one of another"
                + " authority");
  }

  /** By its name, because only the WebSocket protocol uses the classes of Netty. */
  private static boolean isNoRecord(Throwable cause) {
    return cause.getClass().getSimpleName().equals("NotSslRecordException");
  }

  private static String message(Throwable cause) {
    return String.valueOf(cause.getMessage());
  }
}
