package dev.switchboard.sessions.signin;

import dev.switchboard.auth.AuthException;
import dev.switchboard.auth.TrustedProxies;
import dev.switchboard.event.InvalidNameException;
import dev.switchboard.sessions.session.SubscribeRequest;
import io.vertx.core.http.HttpServerRequest;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * What a request that opens a session brings, be it for a socket or a stream.
 *
 * @param token from the Authorization header
 * @param ticket from the address
 */
public record SessionRequest(
    SubscribeRequest wishes,
    @Nullable String token,
    @Nullable String ticket,
    @Nullable String origin,
    @Nullable InetAddress source) {
  private static final String BEARER = "Bearer ";

  /**
   * Reads it.
   *
   * @throws InvalidNameException if a parameter is malformed
   * @throws AuthException if it tries to sign in by other means than a token
   */
  public static SessionRequest read(
      HttpServerRequest request, TrustedProxies proxies, String topicPrefix) {
    String authorization = request.getHeader("Authorization");
    if (authorization != null && !authorization.startsWith(BEARER)) {
      throw AuthException.refused("send Authorization: Bearer followed by a token");
    }
    return new SessionRequest(
        SubscribeRequest.ofQuery(
            request.getParam("events"),
            request.getParam("topics"),
            request.getParam("after"),
            topicPrefix),
        authorization == null ? null : authorization.substring(BEARER.length()).trim(),
        request.getParam("ticket"),
        request.getHeader("Origin"),
        proxies.source(request));
  }

  public SessionRequest resumingAfter(@Nullable String position) {
    return position == null
        ? this
        : new SessionRequest(wishes.from(position), token, ticket, origin, source);
  }
}
