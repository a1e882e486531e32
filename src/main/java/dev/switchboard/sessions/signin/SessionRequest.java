package dev.switchboard.sessions.signin;

import dev.switchboard.auth.AuthException;
import dev.switchboard.auth.TrustedProxies;
import dev.switchboard.event.InvalidNameException;
import dev.switchboard.sessions.session.SubscribeRequest;
import io.vertx.core.http.HttpServerRequest;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * The parts of an HTTP request that opens a session, for a socket as well as for an event stream.
 *
 * @param subscriptions from the query
 * @param token from the {@code Authorization} header
 * @param ticket from the query
 * @param source address of the client, behind trusted proxies
 */
public record SessionRequest(
    SubscribeRequest subscriptions,
    @Nullable String token,
    @Nullable String ticket,
    @Nullable String origin,
    @Nullable InetAddress source) {
  private static final String BEARER = "Bearer ";

  /**
   * Reads {@code request}.
   *
   * @throws InvalidNameException if a parameter is malformed
   * @throws AuthException if the {@code Authorization} header has another scheme than Bearer
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
                topicPrefix)
            .withKept(
                request.getParam("kept"),
                request.getParam("held"),
                request.getParam("receipts"),
                topicPrefix),
        authorization == null ? null : authorization.substring(BEARER.length()).trim(),
        request.getParam("ticket"),
        request.getHeader("Origin"),
        proxies.source(request));
  }

  /** The same request, resuming after {@code position} unless that is null. */
  public SessionRequest resumingAfter(@Nullable String position) {
    return position == null
        ? this
        : new SessionRequest(subscriptions.from(position), token, ticket, origin, source);
  }
}
