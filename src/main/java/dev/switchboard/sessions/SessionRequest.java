package dev.switchboard.sessions;

import dev.switchboard.event.InvalidNameException;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/**
 * What a request that opens a session brings, be it for a socket or a stream.
 *
 * @param token from the Authorization header
 * @param ticket from the address
 */
record SessionRequest(
    Subscriptions wishes,
    @Nullable String after,
    @Nullable String token,
    @Nullable String ticket,
    @Nullable String origin,
    @Nullable InetAddress source) {
  private static final String BEARER = "Bearer ";

  /** The request can't become a session; the message says how to mend it. */
  static SessionRequest read(HttpServerRequest request, String topicPrefix)
      throws InvalidNameException {
    String authorization = request.getHeader("Authorization");
    if (authorization != null && !authorization.startsWith(BEARER)) {
      throw new InvalidNameException("Authorization must be a Bearer token");
    }
    return new SessionRequest(
        Subscriptions.ofQuery(request.getParam("events"), request.getParam("topics"), topicPrefix),
        request.getParam("after"),
        authorization == null ? null : authorization.substring(BEARER.length()).trim(),
        request.getParam("ticket"),
        request.getHeader("Origin"),
        address(request));
  }

  private static @Nullable InetAddress address(HttpServerRequest request) {
    SocketAddress remote = request.remoteAddress();
    try {
      return remote == null || remote.hostAddress() == null
          ? null
          : InetAddress.getByName(remote.hostAddress());
    } catch (UnknownHostException e) {
      return null;
    }
  }

  SessionRequest resumingAfter(@Nullable String position) {
    return position == null
        ? this
        : new SessionRequest(wishes, position, token, ticket, origin, source);
  }
}
