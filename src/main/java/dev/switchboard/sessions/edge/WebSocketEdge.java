package dev.switchboard.sessions.edge;

import dev.switchboard.auth.AuthException;
import dev.switchboard.auth.Principal;
import dev.switchboard.auth.TicketStore.Kind;
import dev.switchboard.config.SessionsConfig;
import dev.switchboard.config.SwitchboardConfig;
import dev.switchboard.event.CloseReason;
import dev.switchboard.event.InvalidNameException;
import dev.switchboard.event.Reason;
import dev.switchboard.sessions.session.Session;
import dev.switchboard.sessions.signin.BearerToken;
import dev.switchboard.sessions.signin.SessionAccess;
import dev.switchboard.sessions.signin.SessionRefusedException;
import dev.switchboard.sessions.signin.SessionRequest;
import dev.switchboard.sessions.signin.SignIn;
import dev.switchboard.sessions.signin.VisitorSignIn;
import dev.switchboard.sessions.wire.Compression;
import dev.switchboard.sessions.wire.SocketUpgrade;
import dev.switchboard.sessions.wire.UnreadOutput;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServerRequest;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Accepts WebSockets: reads the request, upgrades it, and signs the session in.
 *
 * <p>A token in the {@code Authorization} header is checked before the upgrade, so that an invalid
 * one is an HTTP error. A browser can't see a refused upgrade; with a ticket, or a token in {@code
 * Sec-WebSocket-Protocol}, the socket is accepted first and closed with 4401 if it is invalid.
 * Without any of these the first message must contain a token. For the same reason other faults of
 * such a request are reported by a close code. Belongs to the hub's event loop.
 */
public final class WebSocketEdge {
  private static final String PROTOCOL = "switchboard.v1";
  private static final String TOKEN_PROTOCOL = "bearer.";

  private final TransportEvents events;
  private final SignIn signIn;
  private final VisitorSignIn visitors;
  private final SessionAccess access;
  private final String topicPrefix;
  private final int maxMessage;
  private final @Nullable Compression compression;
  private final UnreadOutput unread = new UnreadOutput();

  public WebSocketEdge(
      TransportEvents events, SignIn signIn, SessionAccess access, SwitchboardConfig config) {
    SessionsConfig sessions = config.sessions();
    this.events = events;
    this.signIn = signIn;
    this.visitors = new VisitorSignIn(access.widgets(), signIn);
    this.access = access;
    this.topicPrefix = config.redis().prefix();
    this.maxMessage = sessions.maxMessage().toInt();
    this.compression =
        sessions.compression() ? new Compression(sessions.compressFrom().toInt()) : null;
  }

  /**
   * Upgrades {@code request}. Fails with {@link SessionRefusedException} or {@link AuthException}
   * before anything was answered.
   */
  public Future<Void> accept(HttpServerRequest request) {
    SessionRequest asked;
    try {
      asked = read(request);
    } catch (SessionRefusedException e) {
      return refuse(request, e);
    }
    if (!access.origins().allowIfSent(asked.origin())) {
      return refuse(
          request,
          new SessionRefusedException(
              SessionRefusedException.Kind.FORBIDDEN,
              "origin not allowed; see sessions.allowedOrigins"));
    }
    Future<Void> requestEnd = request.end();
    if (asked.token() == null) {
      return requestEnd.map(ended -> upgradeThenAuthenticate(request, asked));
    }
    return access
        .authenticator()
        .authenticate(asked.token(), asked::source)
        .compose(
            principal -> requestEnd.map(ended -> upgradeAuthenticated(request, principal, asked)));
  }

  /**
   * Checks the parameters before the upgrade: a request with faults in both is told about those
   * first.
   */
  private SessionRequest read(HttpServerRequest request) {
    SessionRequest asked;
    try {
      asked = SessionRequest.read(request, access.proxies(), topicPrefix);
    } catch (InvalidNameException e) {
      throw new SessionRefusedException(SessionRefusedException.Kind.BAD_REQUEST, Reason.of(e));
    }
    String fault = SocketUpgrade.fault(request);
    if (fault != null) {
      throw new SessionRefusedException(SessionRefusedException.Kind.NO_UPGRADE, fault);
    }
    if (!SocketUpgrade.hasKey(request)) {
      throw new SessionRefusedException(
          SessionRefusedException.Kind.BAD_REQUEST,
          "Sec-WebSocket-Key must be sent once, with 16 bytes in Base64");
    }
    return asked;
  }

  private @Nullable Void upgradeAuthenticated(
      HttpServerRequest request, Principal principal, SessionRequest asked) {
    Session session = events.create(request);
    upgrade(request, session);
    signIn.authenticated(session, principal, asked.subscriptions());
    return null;
  }

  private @Nullable Void upgradeThenAuthenticate(HttpServerRequest request, SessionRequest asked) {
    Session session = events.create(request);
    Future<Principal> authentication = authentication(request, asked);
    if (authentication == null) {
      session.request(asked.subscriptions());
    } else {
      session.authenticating();
    }
    upgrade(request, session);
    if (authentication != null) {
      signInAfter(authentication, session, asked);
    }
    return null;
  }

  /** Returns null if the first message must contain the token. */
  private @Nullable Future<Principal> authentication(
      HttpServerRequest request, SessionRequest asked) {
    String token = tokenProtocol(request);
    if (asked.ticket() != null) {
      return access.tickets().redeem(asked.ticket(), Kind.CONNECT);
    }
    return token == null ? null : access.authenticator().authenticate(token, asked::source);
  }

  private void signInAfter(
      Future<Principal> authentication, Session session, SessionRequest asked) {
    authentication
        .onSuccess(principal -> signIn.authenticated(session, principal, asked.subscriptions()))
        .onFailure(failure -> signIn.failed(session, failure));
  }

  /**
   * Upgrades the request of a visitor to the chat with the id {@code chat}; a visitor that is not
   * allowed gets a close code. Fails with {@link SessionRefusedException} before anything was
   * answered.
   */
  public Future<Void> acceptVisitor(HttpServerRequest request, String chat) {
    SessionRequest asked;
    try {
      asked = read(request);
    } catch (SessionRefusedException e) {
      return refuse(request, e);
    }
    String key = request.getParam("widget_key");
    return upgradeThen(request, session -> visitors.authenticate(session, chat, key, asked));
  }

  /**
   * A client without a token in a header may be a browser, which sees a close code but no HTTP
   * status.
   */
  private Future<Void> refuse(HttpServerRequest request, SessionRefusedException refusal) {
    if (SocketUpgrade.fault(request) != null
        || !SocketUpgrade.hasKey(request)
        || BearerToken.of(request.getHeader("Authorization")) != null) {
      return Future.failedFuture(refusal);
    }
    CloseReason reason =
        refusal.kind() == SessionRefusedException.Kind.FORBIDDEN
            ? CloseReason.FORBIDDEN
            : CloseReason.BAD_REQUEST;
    String message = Reason.of(refusal);
    return upgradeThen(request, session -> signIn.refuse(session, reason, message));
  }

  private Future<Void> upgradeThen(HttpServerRequest request, Consumer<Session> next) {
    return request
        .end()
        .map(
            ended -> {
              Session session = events.create(request);
              upgrade(request, session);
              next.accept(session);
              return null;
            });
  }

  private void upgrade(HttpServerRequest request, Session session) {
    String protocol = protocols(request).contains(PROTOCOL) ? PROTOCOL : null;
    SocketUpgrade.Terms terms = new SocketUpgrade.Terms(protocol, maxMessage, compression, unread);
    SocketUpgrade.upgrade(request, terms, events.listenerFor(session));
  }

  private static @Nullable String tokenProtocol(HttpServerRequest request) {
    for (String protocol : protocols(request)) {
      if (protocol.startsWith(TOKEN_PROTOCOL)) {
        return protocol.substring(TOKEN_PROTOCOL.length());
      }
    }
    return null;
  }

  private static List<String> protocols(HttpServerRequest request) {
    return request.headers().getAll("Sec-WebSocket-Protocol").stream()
        .flatMap(field -> Arrays.stream(field.split(",")))
        .map(String::trim)
        .toList();
  }
}
