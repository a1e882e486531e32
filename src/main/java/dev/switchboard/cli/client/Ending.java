package dev.switchboard.cli.client;

import dev.switchboard.event.CloseReason;
import dev.switchboard.event.CloseReason.Reconnect;
import dev.switchboard.event.Reason;
import dev.switchboard.time.RetryAfter;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.net.ConnectException;
import java.net.http.HttpHeaders;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * How a connection to a node ended or was refused.
 *
 * @param code a close code (1000 and above), an HTTP status, or 0 if the request can't succeed
 * @param reason why, as the node or the network said; may be empty
 * @param pause how long the node asked to wait before the next attempt, or null
 */
record Ending(int code, String reason, @Nullable Duration pause) {
  private static final int BROKEN = 1006;
  private static final int UNUSABLE = 0;
  private static final int TOO_MANY_REQUESTS = 429;
  private static final Pattern RETRY_AFTER = Pattern.compile("retry_after_ms=(\\d{1,9})");

  /** Close code of RFC 6455: the same message would be refused again. */
  private static final int MESSAGE_TOO_BIG = 1009;

  private static final Set<Reconnect> FINAL =
      Set.of(Reconnect.NEW_TOKEN, Reconnect.NEW_REQUEST, Reconnect.NEVER);
  private static final Set<Reconnect> FIXABLE = Set.of(Reconnect.NEW_TOKEN, Reconnect.NEW_REQUEST);

  /** The node closed the connection. */
  static Ending closed(int code, String reason) {
    Matcher wait = RETRY_AFTER.matcher(reason);
    return new Ending(
        code, reason, wait.find() ? Duration.ofMillis(Long.parseLong(wait.group(1))) : null);
  }

  /** The node ended the event stream with an event {@code end}, which had this data. */
  static Ending ofStream(String data) {
    try {
      JsonObject end = new JsonObject(data);
      return closed(end.getInteger("code", BROKEN), end.getString("reason", ""));
    } catch (DecodeException | ClassCastException | NullPointerException malformed) {
      return broken("the stream ended without a valid reason");
    }
  }

  /** The connection was lost or could not be opened. */
  static Ending broken(String reason) {
    return new Ending(BROKEN, reason, null);
  }

  /** The connection was lost or could not be opened because of {@code failure}. */
  static Ending broken(Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    if (cause instanceof IllegalArgumentException) {
      // Its message may show the credential.
      return unusable("the request can't be sent; check --url and the token");
    }
    if (isUntrusted(cause)) {
      return unusable("no TLS connection to the server of --url: " + Reason.of(cause));
    }
    if (cause instanceof ConnectException) {
      return broken("no connection; check --url and that a node listens there");
    }
    return broken(Reason.of(cause));
  }

  /** What answers at the URL is not a node; the next attempt would end the same way. */
  static Ending unusable(String reason) {
    return new Ending(UNUSABLE, reason, null);
  }

  /** Returns whether there is a server without TLS, or one whose certificate is not trusted. */
  private static boolean isUntrusted(Throwable failure) {
    for (Throwable at = failure; at != null; at = at.getCause()) {
      if (at instanceof CertificateException
          || at instanceof CertPathBuilderException
          || at instanceof CertPathValidatorException
          || (at instanceof SSLException && Reason.of(at).startsWith("Unsupported or unrecog"))) {
        return true;
      }
    }
    return false;
  }

  /** The node, or a proxy in front of it, answered with an error. */
  static Ending refused(int status, HttpHeaders headers, String body) {
    Duration wait =
        headers
            .firstValue("Retry-After")
            .map(header -> RetryAfter.parse(header, Instant.now()))
            .orElse(null);
    return new Ending(status, detail(body), wait);
  }

  private static String detail(String body) {
    try {
      return new JsonObject(body).getString("detail", "");
    } catch (DecodeException | ClassCastException noProblemDocument) {
      return "";
    }
  }

  /** Returns whether another attempt would end the same way. */
  boolean isFinal() {
    return isUnusable()
        || code == MESSAGE_TOO_BIG
        || FINAL.contains(advice())
        || (isRefusal() && code != TOO_MANY_REQUESTS);
  }

  /** Returns whether the user must fix something: the token or the request. */
  boolean isUserError() {
    return isUnusable() || FIXABLE.contains(advice()) || isRefusal();
  }

  /** Returns whether the user must fix the command itself. */
  boolean isUnusable() {
    return code == UNUSABLE;
  }

  /** Returns the advice of a close code of the server; to reconnect for any other code. */
  private Reconnect advice() {
    CloseReason reason = CloseReason.ofCode(code);
    return reason == null ? Reconnect.RESUME : reason.reconnect();
  }

  private boolean isRefusal() {
    return code >= 200 && code < 500;
  }

  @Override
  public String toString() {
    if (isUnusable()) {
      return reason;
    }
    return reason.isEmpty() ? Integer.toString(code) : code + " (" + reason + ")";
  }
}
