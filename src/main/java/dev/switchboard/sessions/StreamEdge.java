package dev.switchboard.sessions;

import dev.switchboard.auth.AuthException;
import dev.switchboard.auth.Principal;
import dev.switchboard.auth.TicketStore.Kind;
import dev.switchboard.event.InvalidNameException;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;

/**
 * Where a stream of server-sent events begins. Whoever may not have one gets an HTTP answer; the
 * stream's own filters and recovery are those of every session. One per hub, on its event loop.
 */
public final class StreamEdge {
  private final Hub hub;
  private final SignIn signIn;
  private final Entrances entrances;
  private final LogStreams streams;
  private final String topicPrefix;

  StreamEdge(Hub hub, SignIn signIn, Entrances entrances, LogStreams streams, String topicPrefix) {
    this.hub = hub;
    this.signIn = signIn;
    this.entrances = entrances;
    this.streams = streams;
    this.topicPrefix = topicPrefix;
  }

  /**
   * Answers with a stream. Fails with {@link SessionRefusedException} or {@link AuthException},
   * before anything was answered.
   */
  public Future<Void> accept(HttpServerRequest request) {
    SessionRequest wish;
    try {
      wish =
          SessionRequest.read(request, entrances.proxies(), topicPrefix)
              .resumingAfter(request.getHeader("Last-Event-ID"));
    } catch (InvalidNameException e) {
      return refused(SessionRefusedException.Kind.BAD_REQUEST, String.valueOf(e.getMessage()));
    } catch (AuthException e) {
      return Future.failedFuture(e);
    }
    if (!entrances.origins().allowIfSent(wish.origin())) {
      return refused(
          SessionRefusedException.Kind.FORBIDDEN,
          "pages of this origin are not let in; see sessions.allowedOrigins");
    }
    return proof(wish)
        .compose(
            principal -> {
              if (!(principal instanceof Principal.Participant who)) {
                return refused(
                    SessionRefusedException.Kind.FORBIDDEN,
                    "streams are for users; services read the log");
              }
              if (!SignIn.mayFollow(who, wish.wishes().topics())) {
                return refused(
                    SessionRefusedException.Kind.FORBIDDEN,
                    "your role may not follow one of these topics");
              }
              if (!request.response().closed()) {
                begin(request.response(), who, wish);
              }
              return Future.succeededFuture();
            });
  }

  private Future<Principal> proof(SessionRequest wish) {
    if (wish.token() != null) {
      return entrances.authenticator().authenticate(wish.token(), wish.source());
    }
    return entrances.tickets().redeem(wish.ticket() == null ? "" : wish.ticket(), Kind.STREAM);
  }

  private void begin(HttpServerResponse response, Principal who, SessionRequest wish) {
    response
        .setChunked(true)
        .putHeader("Content-Type", "text/event-stream")
        .putHeader("Cache-Control", "no-store")
        .putHeader("X-Accel-Buffering", "no");
    Session session = hub.create();
    EventStreamTransport transport =
        new EventStreamTransport(response, session, streams::position, () -> hub.gone(session));
    response.drainHandler(drained -> hub.writable(session));
    hub.admit(session, transport);
    transport.begin();
    signIn.proven(session, who, wish.wishes());
  }

  private static <T> Future<T> refused(SessionRefusedException.Kind kind, String words) {
    return Future.failedFuture(new SessionRefusedException(kind, words));
  }
}
