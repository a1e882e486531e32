package dev.switchboard.sessions.edge;

import dev.switchboard.auth.AuthException;
import dev.switchboard.auth.Principal;
import dev.switchboard.auth.TicketStore.Kind;
import dev.switchboard.event.InvalidNameException;
import dev.switchboard.sessions.session.Session;
import dev.switchboard.sessions.signin.SessionAccess;
import dev.switchboard.sessions.signin.SessionRefusedException;
import dev.switchboard.sessions.signin.SessionRequest;
import dev.switchboard.sessions.signin.SignIn;
import dev.switchboard.sessions.subscriptions.LogStreams;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;

/**
 * Where a stream of server-sent events begins. Whoever may not have one gets an HTTP answer; the
 * stream's own filters and recovery are those of every session. One per hub, on its event loop.
 */
public final class StreamEdge {
  private final TransportEvents transportEvents;
  private final SignIn signIn;
  private final SessionAccess sessionAccess;
  private final LogStreams streams;
  private final String topicPrefix;

  public StreamEdge(
      TransportEvents transportEvents,
      SignIn signIn,
      SessionAccess sessionAccess,
      LogStreams streams,
      String topicPrefix) {
    this.transportEvents = transportEvents;
    this.signIn = signIn;
    this.sessionAccess = sessionAccess;
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
          SessionRequest.read(request, sessionAccess.proxies(), topicPrefix)
              .resumingAfter(request.getHeader("Last-Event-ID"));
    } catch (InvalidNameException e) {
      return refused(SessionRefusedException.Kind.BAD_REQUEST, String.valueOf(e.getMessage()));
    } catch (AuthException e) {
      return Future.failedFuture(e);
    }
    if (!sessionAccess.origins().allowIfSent(wish.origin())) {
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
      return sessionAccess.authenticator().authenticate(wish.token(), wish.source());
    }
    return sessionAccess.tickets().redeem(wish.ticket() == null ? "" : wish.ticket(), Kind.STREAM);
  }

  private void begin(HttpServerResponse response, Principal who, SessionRequest wish) {
    response
        .setChunked(true)
        .putHeader("Content-Type", "text/event-stream")
        .putHeader("Cache-Control", "no-store")
        .putHeader("X-Accel-Buffering", "no");
    Session session = transportEvents.create();
    EventStreamTransport transport =
        new EventStreamTransport(
            response, session, streams::position, () -> transportEvents.gone(session));
    response.drainHandler(drained -> transportEvents.writable(session));
    transportEvents.admit(session, transport);
    transport.begin();
    signIn.proven(session, who, wish.wishes());
  }

  private static <T> Future<T> refused(SessionRefusedException.Kind kind, String words) {
    return Future.failedFuture(new SessionRefusedException(kind, words));
  }
}
