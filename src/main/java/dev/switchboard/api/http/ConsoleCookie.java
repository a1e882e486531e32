package dev.switchboard.api.http;

import io.vertx.core.http.Cookie;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.net.HostAndPort;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The cookie of a console session, and the check that a request comes from a page of this server.
 *
 * <p>A browser keeps the cookie to the exact host and to https. Only on this machine it may come
 * over plain http, under another name that no other host is asked for.
 */
public final class ConsoleCookie {
  /** Header of a page's own requests, for browsers that do not say where a request comes from. */
  public static final String OWN_PAGE_HEADER = "X-Switchboard-Console";

  private static final String SECURE_NAME = "__Host-switchboard";
  private static final String LOCAL_NAME = "switchboard";

  private ConsoleCookie() {}

  /** Returns the value of the cookie; null without one, or outside of {@code /api/v1}. */
  public static @Nullable String presented(HttpServerRequest request) {
    String path = request.path();
    if (path == null || !path.startsWith("/api/v1/")) {
      return null;
    }
    Cookie secure = request.getCookie(SECURE_NAME);
    Cookie cookie = secure == null && isLocal(request) ? request.getCookie(LOCAL_NAME) : secure;
    return cookie == null || cookie.getValue().isEmpty() ? null : cookie.getValue();
  }

  /**
   * Checks that a request comes from a page of this server, by what the browser says.
   *
   * @throws ProblemException if it does not
   */
  public static void requireOwnPage(HttpServerRequest request) {
    String site = request.getHeader("Sec-Fetch-Site");
    boolean own =
        site == null ? "1".equals(request.getHeader(OWN_PAGE_HEADER)) : site.equals("same-origin");
    if (!own) {
      throw ProblemException.forbidden(
          "a request with a console session must come from a page of this server; programs send an"
              + " API key or a token");
    }
  }

  /**
   * Checks that the browser will keep the cookie.
   *
   * @throws ProblemException if the connection is neither https nor to this machine
   */
  public static void requireKept(HttpServerRequest request) {
    if (!isHttps(request) && !isLocal(request)) {
      throw ProblemException.forbidden(
          "the console needs https: open it by its https:// address, and let the proxy in front of"
              + " this server send X-Forwarded-Proto; only http://localhost works without");
    }
  }

  /** Makes the browser keep the cookie for {@code lifetime}. */
  public static void set(HttpServerRequest request, String value, Duration lifetime) {
    write(request, value, lifetime.toSeconds());
  }

  /** Deletes the cookie in the browser. */
  public static void clear(HttpServerRequest request) {
    write(request, "", 0);
  }

  private static void write(HttpServerRequest request, String value, long seconds) {
    boolean https = isHttps(request);
    HttpServerResponse response = request.response();
    response
        .headers()
        .add(
            "Set-Cookie",
            (https ? SECURE_NAME : LOCAL_NAME)
                + "="
                + value
                + "; Path=/; Max-Age="
                + seconds
                + "; HttpOnly; SameSite=Strict"
                + (https ? "; Secure" : ""));
  }

  /** As the browser or a proxy says; after a false claim the browser does not keep the cookie. */
  private static boolean isHttps(HttpServerRequest request) {
    String origin = request.getHeader("Origin");
    String forwarded = request.getHeader("X-Forwarded-Proto");
    return (origin != null && origin.toLowerCase(Locale.ROOT).startsWith("https://"))
        || (forwarded != null && forwarded.trim().equalsIgnoreCase("https"));
  }

  private static boolean isLocal(HttpServerRequest request) {
    HostAndPort authority = request.authority();
    if (authority == null) {
      return false;
    }
    String host = authority.host().toLowerCase(Locale.ROOT);
    return host.equals("localhost")
        || host.endsWith(".localhost")
        || host.equals("127.0.0.1")
        || host.equals("[::1]")
        || host.equals("::1");
  }
}
