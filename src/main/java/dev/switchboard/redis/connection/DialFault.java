package dev.switchboard.redis.connection;

import dev.switchboard.config.RedisConfig;
import dev.switchboard.event.Reason;
import dev.switchboard.redis.connection.Dialer.Peer;
import io.vertx.redis.client.impl.types.ErrorType;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;

/** Explains why a server could not be connected to, and what an operator should change. */
record DialFault(Peer peer, ServerAddress address, RedisConfig config) {

  /** Formats one line for the log, the health report or the terminal. */
  String message(Throwable failure) {
    String server = (peer == Peer.SENTINEL ? "the sentinel at " : "Redis at ") + address;
    return server + " " + fault(failure);
  }

  private String fault(Throwable failure) {
    if (failure instanceof IllegalArgumentException) {
      return "has an unusable host name: only letters, digits, - and . are allowed; rename it, or"
          + " let it announce its IP address";
    }
    Throwable root = failure;
    while (root.getCause() != null && root.getCause() != root) {
      if (root instanceof SSLException) {
        return tls(root);
      }
      root = root.getCause();
    }
    if (root instanceof ErrorType error) {
      return refusal(error);
    }
    if (root instanceof SSLException || root.getClass().getName().contains(".ssl.")) {
      return tls(root);
    }
    if (failure instanceof TimeoutException || root instanceof TimeoutException) {
      return "did not answer in time"
          + (config.tls() ? "; if it does not speak TLS on this port, set redis.tls to false" : "");
    }
    if (root instanceof UnknownHostException) {
      return "has an unknown host name; correct " + nodes();
    }
    if (String.valueOf(root.getMessage()).contains("Connection reset")) {
      return closed();
    }
    return "can't be reached: " + firstLine(root) + "; start it or correct " + nodes();
  }

  private String nodes() {
    return peer == Peer.EMBEDDED ? "redis.embeddedPort" : "redis.nodes";
  }

  private String refusal(ErrorType error) {
    String message = Reason.of(error);
    String user = peer == Peer.SENTINEL ? "redis.sentinelUser" : "redis.user";
    String password = peer == Peer.SENTINEL ? "redis.sentinelPassword" : "redis.password";
    if (error.is("WRONGPASS")) {
      return "refused the user or password; correct " + user + " and " + password;
    }
    if (error.is("NOAUTH")) {
      return "requires a password; set " + password;
    }
    if (error.is("NOPERM")) {
      return "denies the ACL user a command ("
          + message
          + "); grant the rights that the documentation lists in operate/redis";
    }
    if (error.is("CONNECTION_CLOSED")) {
      return closed();
    }
    if (message.toLowerCase(Locale.ROOT).contains("db index")) {
      return "has no database " + config.database() + "; correct redis.database";
    }
    return "refused the connection: " + message;
  }

  private String closed() {
    return config.tls()
        ? "closed the connection; if it requires a client certificate, set redis.tlsCertificate and"
            + " redis.tlsKey"
        : "closed the connection; if that is its TLS port, set redis.tls to true";
  }

  private static String tls(Throwable failure) {
    String causes = chain(failure);
    if (causes.contains("NotSslRecord") || causes.contains("not an SSL/TLS record")) {
      return "does not speak TLS on this port; use its TLS port or set redis.tls to false";
    }
    if (causes.contains("CertificateExpiredException")) {
      return "has a TLS certificate that has expired ("
          + validity(failure)
          + "); renew it, or that of its CA";
    }
    if (causes.contains("CertificateNotYetValidException")) {
      return "has a TLS certificate that is not valid yet ("
          + validity(failure)
          + "); correct the clocks, or issue a new certificate";
    }
    if (causes.contains("certificate_expired")) {
      return "refused the client certificate, which has expired; renew redis.tlsCertificate";
    }
    if (causes.contains("unknown_ca") || causes.contains("certificate_unknown")) {
      return "does not trust the client certificate; set redis.tlsCertificate to one of its CA";
    }
    if (causes.contains("No subject alternative") || causes.contains("No name matching")) {
      return "has a TLS certificate for other names; use a name in the certificate, or set"
          + " redis.tlsVerify to chain";
    }
    if (causes.contains("certification path") || causes.contains("PKIX")) {
      return "has a TLS certificate that is not trusted; set redis.tlsCa to the file of its CA";
    }
    if (causes.contains("certificate_required") || causes.contains("bad_certificate")) {
      return "requires a client certificate; set redis.tlsCertificate and redis.tlsKey";
    }
    return "can't be reached over TLS: " + firstLine(failure);
  }

  /** The end or the begin of a certificate's validity, as the last cause names it. */
  private static String validity(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null && root.getCause() != root) {
      root = root.getCause();
    }
    return firstLine(root);
  }

  private static String chain(Throwable failure) {
    StringBuilder causes = new StringBuilder();
    for (Throwable t = failure; t != null && t.getCause() != t; t = t.getCause()) {
      causes.append(t).append('\n');
    }
    return causes.toString();
  }

  private static String firstLine(Throwable failure) {
    return String.valueOf(failure.getMessage())
        .lines()
        .findFirst()
        .orElse(failure.getClass().getSimpleName());
  }
}
