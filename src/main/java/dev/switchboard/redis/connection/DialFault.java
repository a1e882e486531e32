package dev.switchboard.redis.connection;

import dev.switchboard.config.RedisConfig;
import dev.switchboard.redis.connection.Dialer.Peer;
import io.vertx.redis.client.impl.types.ErrorType;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;

/** Why a server could not be connected to, and what a person should change. */
record DialFault(Peer peer, ServerAddress address, RedisConfig config) {

  /** One line for the log, the health page or the terminal. */
  String words(Throwable failure) {
    String who = (peer == Peer.SENTINEL ? "the sentinel at " : "Redis at ") + address;
    return who + " " + fault(failure);
  }

  private String fault(Throwable failure) {
    if (failure instanceof IllegalArgumentException) {
      return "has no usable host name: it may hold letters, digits, - and .; give it another, or have"
          + " it announce its address";
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
          + (config.tls() ? "; if it does not speak TLS on this port, switch redis.tls off" : "");
    }
    if (root instanceof UnknownHostException) {
      return "can't be found: no such host name; correct " + nodes();
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
    String words = String.valueOf(error.getMessage());
    String user = peer == Peer.SENTINEL ? "redis.sentinelUser" : "redis.user";
    String password = peer == Peer.SENTINEL ? "redis.sentinelPassword" : "redis.password";
    if (error.is("WRONGPASS")) {
      return "refused the user or password; correct " + user + " and " + password;
    }
    if (error.is("NOAUTH")) {
      return "asks for a password; set " + password;
    }
    if (error.is("NOPERM")) {
      return "does not permit its ACL user enough (" + words + "); see the rights in the README";
    }
    if (error.is("CONNECTION_CLOSED")) {
      return closed();
    }
    if (words.toLowerCase(Locale.ROOT).contains("db index")) {
      return "has no database " + config.database() + "; correct redis.database";
    }
    return "refused the connection: " + words;
  }

  private String closed() {
    return config.tls()
        ? "closed the connection; if it wants a client certificate, set redis.tlsCertificate and"
            + " redis.tlsKey"
        : "closed the connection; if that is its TLS port, set redis.tls";
  }

  private static String tls(Throwable failure) {
    String words = chain(failure);
    if (words.contains("NotSslRecord") || words.contains("not an SSL/TLS record")) {
      return "does not speak TLS on this port; use its TLS port or switch redis.tls off";
    }
    if (words.contains("No subject alternative") || words.contains("No name matching")) {
      return "has a TLS certificate for other names; use a name that stands in it, or set"
          + " redis.tlsVerify to chain";
    }
    if (words.contains("certification path") || words.contains("PKIX")) {
      return "has a TLS certificate that is not trusted; name the file of its CA in redis.tlsCa";
    }
    if (words.contains("certificate_required") || words.contains("bad_certificate")) {
      return "wants a client certificate; set redis.tlsCertificate and redis.tlsKey";
    }
    return "can't be reached over TLS: " + firstLine(failure);
  }

  private static String chain(Throwable failure) {
    StringBuilder words = new StringBuilder();
    for (Throwable t = failure; t != null && t.getCause() != t; t = t.getCause()) {
      words.append(t).append('\n');
    }
    return words.toString();
  }

  private static String firstLine(Throwable failure) {
    return String.valueOf(failure.getMessage())
        .lines()
        .findFirst()
        .orElse(failure.getClass().getSimpleName());
  }
}
