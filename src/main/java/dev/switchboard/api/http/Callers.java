package dev.switchboard.api.http;

import dev.switchboard.api.http.Problem.Kind;
import dev.switchboard.auth.AuthException;
import dev.switchboard.auth.Authenticator;
import dev.switchboard.auth.Principal;
import dev.switchboard.auth.TrustedProxies;
import dev.switchboard.auth.console.ConsoleSession;
import dev.switchboard.auth.console.ConsoleSessionStore;
import dev.switchboard.auth.console.Credentials;
import dev.switchboard.auth.console.Portal;
import dev.switchboard.auth.console.PortalStore;
import dev.switchboard.sessions.signin.BearerToken;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.net.InetAddress;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Finds the caller of a request: by a bearer credential, which may be that of a portal, or else by
 * the cookie of a console session. Belongs to one event loop.
 */
public final class Callers {
  private static final String SESSION = "console session";
  private static final String PORTAL = "portal";

  private final Authenticator authenticator;
  private final Credentials credentials;
  private final TrustedProxies proxies;
  private final @Nullable Consoles consoles;
  private final @Nullable PortalStore portals;

  /**
   * The sessions of the console.
   *
   * @param network the addresses that may use them
   */
  public record Consoles(ConsoleSessionStore sessions, Network network) {}

  /**
   * Finds callers.
   *
   * @param consoles null: cookies are not looked at
   * @param portals null: there are no portals
   */
  public Callers(
      Authenticator authenticator,
      TrustedProxies proxies,
      @Nullable Consoles consoles,
      @Nullable PortalStore portals) {
    this.authenticator = authenticator;
    this.credentials = new Credentials(authenticator);
    this.proxies = proxies;
    this.consoles = consoles;
    this.portals = portals;
  }

  /** Returns the caller; fails with {@link AuthException} or {@link ProblemException}. */
  Future<Principal> of(RoutingContext context) {
    HttpServerRequest request = context.request();
    String bearer = BearerToken.of(request.getHeader("Authorization"));
    if (bearer != null) {
      return ofBearer(context, bearer);
    }
    String cookie = consoles == null ? null : ConsoleCookie.presented(request);
    return cookie == null || consoles == null
        ? noCredential("send the header Authorization: Bearer <API key or token>")
        : ofCookie(context, consoles, cookie);
  }

  private Future<Principal> ofBearer(RoutingContext context, String bearer) {
    PortalStore known = portals;
    return known != null && bearer.startsWith(Portal.PREFIX)
        ? ofPortal(context, known, bearer)
        : authenticator.authenticate(bearer, () -> address(context.request()));
  }

  private Future<Principal> ofPortal(RoutingContext context, PortalStore known, String bearer) {
    return known
        .find(bearer)
        .recover(Callers::storeUnavailable)
        .compose(
            found ->
                found
                    .map(portal -> holder(context, portal))
                    .orElseGet(() -> noCredential("the portal has ended; ask for a new link")));
  }

  private Future<Principal> holder(RoutingContext context, Portal portal) {
    context.put(PORTAL, portal);
    return credentials.issuer(portal.issuer()).map(portal::holder);
  }

  private Future<Principal> ofCookie(RoutingContext context, Consoles known, String cookie) {
    HttpServerRequest request = context.request();
    ConsoleCookie.requireOwnPage(request);
    if (!known.network().contains(address(request))) {
      return noCredential("no console session is valid at this address");
    }
    return known
        .sessions()
        .find(cookie)
        .recover(Callers::storeUnavailable)
        .compose(
            found ->
                found
                    .map(session -> holder(context, known.sessions(), session))
                    .orElseGet(() -> noCredential("the console session has ended; sign in again")));
  }

  /** The session ends with its credential. */
  private Future<Principal> holder(
      RoutingContext context, ConsoleSessionStore sessions, ConsoleSession session) {
    context.put(SESSION, session);
    return credentials
        .holder(session.credential(), () -> address(context.request()))
        .onFailure(
            failure -> {
              if (isFinal(failure)) {
                Future<Boolean> unused = sessions.end(session);
              }
            });
  }

  private static boolean isFinal(Throwable failure) {
    return failure instanceof AuthException refusal && refusal.kind() == AuthException.Kind.REFUSED;
  }

  private static <T> Future<T> storeUnavailable(Throwable failure) {
    return Future.failedFuture(ProblemException.unavailable("Redis is unavailable; try again"));
  }

  private static <T> Future<T> noCredential(String detail) {
    return Future.failedFuture(ProblemException.of(Kind.UNAUTHENTICATED, detail));
  }

  /** The address of the caller; null if it is unknown. */
  @Nullable InetAddress address(HttpServerRequest request) {
    return proxies.source(request);
  }

  /** The console session of an authenticated request; empty if it has a bearer credential. */
  public static Optional<ConsoleSession> session(RoutingContext context) {
    return Optional.ofNullable(context.get(SESSION));
  }

  /** The portal of an authenticated request; empty if another caller made it. */
  public static Optional<Portal> portal(RoutingContext context) {
    return Optional.ofNullable(context.get(PORTAL));
  }
}
