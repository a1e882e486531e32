package dev.switchboard.sessions.signin;

import dev.switchboard.auth.TrustedProxies;
import dev.switchboard.event.InvalidNameException;
import dev.switchboard.sessions.session.SubscribeRequest;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpServerRequest;
import java.net.InetAddress;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The parts of an HTTP request that opens a session, for a socket as well as for an event stream.
 *
 * @param subscriptions from the query
 * @param token from an {@code Authorization} header with the scheme Bearer
 * @param ticket from the query
 * @param source address of the client, behind trusted proxies
 */
public record SessionRequest(
    SubscribeRequest subscriptions,
    @Nullable String token,
    @Nullable String ticket,
    @Nullable String origin,
    @Nullable InetAddress source) {
  private static final QueryParameters PARAMETERS =
      new QueryParameters(
          Set.of("after", "ticket", "widget_key", "receipts"),
          Set.of("events", "topics", "kept", "held"));

  /**
   * Reads {@code request}.
   *
   * @throws InvalidNameException if a parameter is malformed
   */
  public static SessionRequest read(
      HttpServerRequest request, TrustedProxies proxies, String topicPrefix) {
    MultiMap query = request.params();
    PARAMETERS.check(query);
    String after = request.getParam("after");
    return new SessionRequest(
        SubscribeRequest.ofQuery(
                QueryParameters.list(query, "events"),
                QueryParameters.list(query, "topics"),
                after == null || after.isEmpty() ? null : after,
                topicPrefix)
            .withKept(
                QueryParameters.list(query, "kept"),
                QueryParameters.list(query, "held"),
                request.getParam("receipts"),
                topicPrefix),
        BearerToken.of(request.getHeader("Authorization")),
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
