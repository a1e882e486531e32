package dev.switchboard.sessions.edge;

import dev.switchboard.auth.AuthException;
import dev.switchboard.auth.Principal;
import dev.switchboard.auth.TicketStore.Kind;
import dev.switchboard.config.SwitchboardConfig;
import dev.switchboard.config.SwitchboardConfig.Sessions;
import dev.switchboard.event.InvalidNameException;
import dev.switchboard.event.CloseReason;
import dev.switchboard.sessions.session.Session;
import dev.switchboard.sessions.signin.SessionAccess;
import dev.switchboard.sessions.signin.SessionRefusedException;
import dev.switchboard.sessions.signin.SessionRequest;
import dev.switchboard.sessions.signin.SignIn;
import dev.switchboard.sessions.signin.VisitorSignIn;
import dev.switchboard.sessions.wire.Compression;
import dev.switchboard.sessions.wire.SocketUpgrade;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServerRequest;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Where a WebSocket begins: reads what the request brings, upgrades it, and signs the session in.
 *
 * <p>A token in the {@code Authorization} header is checked before the upgrade, so that a bad one
 * is an HTTP answer. A browser can't see a refused upgrade; with a ticket, or a token in {@code
 * Sec-WebSocket-Protocol}, the socket is accepted first and closed with 4401 if it is bad. Without
 * any, the first message must bring one. For the same reason what else is wrong with such a request
 * is told by a close code. One per hub, on its event loop.
 */
public final class WebSocketEdge {
  private static final String PROTOCOL = "switchboard.v1";
  private static final String TOKEN_PROTOCOL = "bearer.";

  private final TransportEvents transportEvents;
  private final SignIn signIn;
  private final VisitorSignIn visitors;
  private final SessionAccess sessionAccess;
  private final String topicPrefix;
  private final int maxMessage;
  private final @Nullable Compression compression;

  public WebSocketEdge(
      TransportEvents transportEvents,
      SignIn signIn,
      SessionAccess sessionAccess,
      SwitchboardConfig config) {
    Sessions bounds = config.sessions();
    this.transportEvents = transportEvents;
    this.signIn = signIn;
    this.visitors = new VisitorSignIn(sessionAccess.widgets(), signIn);
    this.sessionAccess = sessionAccess;
    this.topicPrefix = config.redis().prefix();
    this.maxMessage = bounds.maxMessage().toInt();
    this.compression = bounds.compression() ? new Compression(bounds.compressFrom().toInt()) : null;
  }

  /**
   * Upgrades the request. Fails with {@link SessionRefusedException} or {@link AuthException},
   * before anything was answered.
   */
  public Future<Void> accept(HttpServerRequest request) {
    SessionRequest wish;
    try {
      wish = read(request);
    } catch (AuthException e) {
      return Future.failedFuture(e);
    } catch (SessionRefusedException e) {
      return refuse(request, e);
    }
    if (!sessionAccess.origins().allowIfSent(wish.origin())) {
      return refuse(
          request,
          new SessionRefusedException(
              SessionRefusedException.Kind.FORBIDDEN,
              "pages of this origin are not let in; see sessions.allowedOrigins"));
    }
    Future<Void> requestEnd = request.end();
    if (wish.token() == null) {
      return requestEnd.map(ended -> upgradeThenProve(request, wish));
    }
    return sessionAccess
        .authenticator()
        .authenticate(wish.token(), wish.source())
        .compose(principal -> requestEnd.map(ended -> upgradeProven(request, principal, wish)));
  }

  /** What is wrong with the request is said first: an upgrade alone would not mend it. */
  private SessionRequest read(HttpServerRequest request) {
    SessionRequest wish;
    try {
      wish = SessionRequest.read(request, sessionAccess.proxies(), topicPrefix);
    } catch (InvalidNameException e) {
      throw new SessionRefusedException(
          SessionRefusedException.Kind.BAD_REQUEST, String.valueOf(e.getMessage()));
    }
    String fault = SocketUpgrade.fault(request);
    if (fault != null) {
      throw new SessionRefusedException(SessionRefusedException.Kind.NO_UPGRADE, fault);
    }
    return wish;
  }

  private @Nullable Void upgradeProven(
      HttpServerRequest request, Principal principal, SessionRequest wish) {
    Session session = transportEvents.create();
    upgrade(request, session);
    signIn.proven(session, principal, wish.wishes());
    return null;
  }

  private @Nullable Void upgradeThenProve(HttpServerRequest request, SessionRequest wish) {
    Session session = transportEvents.create();
    Future<Principal> proof = proof(request, wish);
    if (proof == null) {
      session.wishing(wish.wishes());
    }
    upgrade(request, session);
    if (proof != null) {
      prove(session, proof, wish);
    }
    return null;
  }

  /** Null if the first message must bring it. */
  private @Nullable Future<Principal> proof(HttpServerRequest request, SessionRequest wish) {
    String token = tokenProtocol(request);
    if (wish.ticket() != null) {
      return sessionAccess.tickets().redeem(wish.ticket(), Kind.CONNECT);
    }
    return token == null ? null : sessionAccess.authenticator().authenticate(token, wish.source());
  }

  private void prove(Session session, Future<Principal> proof, SessionRequest wish) {
    proof
        .onSuccess(principal -> signIn.proven(session, principal, wish.wishes()))
        .onFailure(failure -> signIn.failed(session, failure));
  }

  /**
   * Upgrades the request of a visitor to the chat of that name; whether it may stay, it hears by
   * the close code. Fails with {@link SessionRefusedException} before anything was answered.
   */
  public Future<Void> acceptVisitor(HttpServerRequest request, String chat) {
    SessionRequest wish;
    try {
      wish = read(request);
    } catch (AuthException e) {
      return Future.failedFuture(e);
    } catch (SessionRefusedException e) {
      return refuse(request, e);
    }
    String key = request.getParam("widget_key");
    return upgradeThen(request, session -> visitors.prove(session, chat, key, wish));
  }

  /** Who brings no header may be a browser: it hears the code of a close, but no HTTP status. */
  private Future<Void> refuse(HttpServerRequest request, SessionRefusedException why) {
    if (SocketUpgrade.fault(request) != null || request.getHeader("Authorization") != null) {
      return Future.failedFuture(why);
    }
    CloseReason reason =
        why.kind() == SessionRefusedException.Kind.FORBIDDEN
            ? CloseReason.FORBIDDEN
            : CloseReason.BAD_REQUEST;
    String words = String.valueOf(why.getMessage());
    return upgradeThen(request, session -> signIn.refuse(session, reason, words));
  }

  private Future<Void> upgradeThen(HttpServerRequest request, Consumer<Session> next) {
    return request
        .end()
        .map(
            ended -> {
              Session session = transportEvents.create();
              upgrade(request, session);
              next.accept(session);
              return null;
            });
  }

  private void upgrade(HttpServerRequest request, Session session) {
    String protocol = protocols(request).contains(PROTOCOL) ? PROTOCOL : null;
    SocketUpgrade.Terms terms = new SocketUpgrade.Terms(protocol, maxMessage, compression);
    SocketUpgrade.upgrade(request, terms, new SessionSocket(transportEvents, session));
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
    String header = request.getHeader("Sec-WebSocket-Protocol");
    return header == null ? List.of() : Arrays.stream(header.split(",")).map(String::trim).toList();
  }
}
