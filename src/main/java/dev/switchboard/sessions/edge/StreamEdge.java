package dev.switchboard.sessions.edge;

import dev.switchboard.auth.AuthException;
import dev.switchboard.auth.Principal;
import dev.switchboard.auth.TicketStore.Kind;
import dev.switchboard.event.CloseReason;
import dev.switchboard.event.CloseReason.Reconnect;
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
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Accepts streams of server-sent events. A request that is not allowed one gets an HTTP error;
 * apart from that, a stream is a session like any other. Belongs to the hub's event loop.
 */
public final class StreamEdge {
  private static final Logger log = LoggerFactory.getLogger(StreamEdge.class);

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
    }
    if (!access.origins().allowIfSent(asked.origin())) {
      return refused(
          SessionRefusedException.Kind.FORBIDDEN,
          "origin not allowed; see sessions.allowedOrigins");
    }
    return authenticate(asked)
        .compose(principal -> requireAllowed(principal, asked))
        .map(participant -> begin(request, participant, asked))
        .recover(failure -> stayAway(request, failure));
  }

  private SessionRequest read(HttpServerRequest request) {
    return SessionRequest.read(request, access.proxies(), topicPrefix)
        .resumingAfter(request.getHeader("Last-Event-ID"));
  }

  private Future<Principal> authenticate(SessionRequest asked) {
    if (asked.token() != null) {
      return access.authenticator().authenticate(asked.token(), asked::source);
    }
    return asked.ticket() == null
        ? Future.failedFuture(
            AuthException.refused("send Authorization: Bearer and a token, or a stream ticket"))
        : access.tickets().redeem(asked.ticket(), Kind.STREAM);
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

  /** A browser reconnects on its own until it is answered 204. */
  private static Future<Void> stayAway(HttpServerRequest request, Throwable failure) {
    if (!(failure instanceof AuthException auth) || auth.kind() != AuthException.Kind.ENDED) {
      return Future.failedFuture(failure);
    }
    return request.response().setStatusCode(204).end().otherwiseEmpty();
  }

  private @Nullable Void begin(
      HttpServerRequest request, Principal principal, SessionRequest asked) {
    HttpServerResponse response = StreamBlocks.addHeaders(request.response().setChunked(true));
    if (response.closed()) {
      return null;
    }
    if (request.method().equals(HttpMethod.HEAD)) {
      response.end().onFailure(disconnected -> {});
      return null;
    }
    Session session = events.create(request);
    EventStreamTransport transport =
        new EventStreamTransport(
            response, session, streams, events, reason -> closed(asked.ticket(), reason));
    response.drainHandler(drained -> events.writable(session));
    events.connect(session, transport);
    transport.begin();
    signIn.authenticated(session, principal, asked.subscriptions());
    return null;
  }

  private void closed(@Nullable String ticket, CloseReason reason) {
    if (ticket != null && reason.reconnect() == Reconnect.NEVER) {
      access
          .tickets()
          .end(ticket)
          .onFailure(
              failure ->
                  log.atWarn()
                      .addKeyValue("reason", Reason.of(failure))
                      .log("Ticket of an ended stream not marked; its browser may reconnect"));
    }
  }

  private static <T> Future<T> refused(SessionRefusedException.Kind kind, String message) {
    return Future.failedFuture(new SessionRefusedException(kind, message));
  }
}
