package dev.switchboard.sessions.edge;

import dev.switchboard.auth.AuthException;
import dev.switchboard.auth.Principal;
import dev.switchboard.auth.TicketStore.Kind;
import dev.switchboard.event.InvalidNameException;
import dev.switchboard.event.Reason;
import dev.switchboard.sessions.session.Session;
import dev.switchboard.sessions.signin.Admission;
import dev.switchboard.sessions.signin.SessionAccess;
import dev.switchboard.sessions.signin.SessionRefusedException;
import dev.switchboard.sessions.signin.SessionRequest;
import dev.switchboard.sessions.signin.SignIn;
import dev.switchboard.sessions.subscriptions.LogStreams;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;

/**
 * Accepts streams of server-sent events. A request that is not allowed one gets an HTTP error;
 * apart from that, a stream is a session like any other. Belongs to the hub's event loop.
 */
public final class StreamEdge {
  private final TransportEvents events;
  private final SignIn signIn;
  private final SessionAccess access;
  private final LogStreams streams;
  private final String topicPrefix;

  public StreamEdge(
      TransportEvents events,
      SignIn signIn,
      SessionAccess access,
      LogStreams streams,
      String topicPrefix) {
    this.events = events;
    this.signIn = signIn;
    this.access = access;
    this.streams = streams;
    this.topicPrefix = topicPrefix;
  }

  /**
   * Answers {@code request} with a stream. Fails with {@link SessionRefusedException} or {@link
   * AuthException} before anything was answered.
   */
  public Future<Void> accept(HttpServerRequest request) {
    SessionRequest asked;
    try {
      asked = read(request);
    } catch (InvalidNameException e) {
      return refused(SessionRefusedException.Kind.BAD_REQUEST, Reason.of(e));
    } catch (AuthException e) {
      return Future.failedFuture(e);
    }
    if (!access.origins().allowIfSent(asked.origin())) {
      return refused(
          SessionRefusedException.Kind.FORBIDDEN,
          "origin not allowed; see sessions.allowedOrigins");
    }
    return authenticate(asked)
        .compose(principal -> requireAllowed(principal, asked))
        .map(
            participant -> {
              if (!request.response().closed()) {
                begin(request.response(), participant, asked);
              }
              return null;
            });
  }

  private SessionRequest read(HttpServerRequest request) {
    return SessionRequest.read(request, access.proxies(), topicPrefix)
        .resumingAfter(request.getHeader("Last-Event-ID"));
  }

  private Future<Principal> authenticate(SessionRequest asked) {
    if (asked.token() != null) {
      return access.authenticator().authenticate(asked.token(), asked.source());
    }
    return access.tickets().redeem(asked.ticket() == null ? "" : asked.ticket(), Kind.STREAM);
  }

  private static Future<Principal.Participant> requireAllowed(
      Principal principal, SessionRequest asked) {
    if (!(principal instanceof Principal.Participant participant)) {
      return refused(
          SessionRefusedException.Kind.FORBIDDEN,
          "only users can open event streams; services read the event log");
    }
    String fault =
        Admission.keptFault(
            participant, asked.subscriptions().kept(), asked.subscriptions().topics());
    if (fault != null) {
      return refused(SessionRefusedException.Kind.FORBIDDEN, fault);
    }
    return Admission.maySubscribe(participant, asked.subscriptions().topics())
        ? Future.succeededFuture(participant)
        : refused(
            SessionRefusedException.Kind.FORBIDDEN,
            "your role may not subscribe to one of these topics");
  }

  private void begin(HttpServerResponse response, Principal principal, SessionRequest asked) {
    response
        .setChunked(true)
        .putHeader("Content-Type", "text/event-stream")
        .putHeader("Cache-Control", "no-store")
        .putHeader("X-Accel-Buffering", "no");
    Session session = events.create();
    EventStreamTransport transport = new EventStreamTransport(response, session, streams, events);
    response.drainHandler(drained -> events.writable(session));
    events.connect(session, transport);
    transport.begin();
    signIn.authenticated(session, principal, asked.subscriptions());
  }

  private static <T> Future<T> refused(SessionRefusedException.Kind kind, String message) {
    return Future.failedFuture(new SessionRefusedException(kind, message));
  }
}
