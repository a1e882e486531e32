package dev.switchboard.api.console;

import dev.switchboard.api.http.Audit;
import dev.switchboard.api.http.ConsoleCookie;
import dev.switchboard.api.http.Network;
import dev.switchboard.api.http.Problem;
import dev.switchboard.api.http.Problem.Kind;
import dev.switchboard.api.http.ProblemException;
import dev.switchboard.api.http.RequestInput;
import dev.switchboard.auth.AuthException;
import dev.switchboard.auth.Authenticator;
import dev.switchboard.auth.Principal;
import dev.switchboard.auth.TrustedProxies;
import dev.switchboard.auth.console.ConsoleSession;
import dev.switchboard.auth.console.ConsoleSessionStore;
import dev.switchboard.auth.console.ConsoleSessionStore.Browser;
import dev.switchboard.auth.console.ConsoleTicketStore;
import dev.switchboard.auth.console.Credential;
import dev.switchboard.auth.console.Credentials;
import dev.switchboard.event.Reason;
import dev.switchboard.sessions.signin.BearerToken;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Turns an API key, a token or a ticket into a console session. Belongs to one event loop.
 *
 * <p>Only wrong credentials are limited, per address: a valid one is accepted no matter what other
 * clients at the same address tried.
 */
public final class SignIn {
  private static final String ACTION = "console sign-in";
  private static final String TICKET = "ticket";

  private final Authenticator authenticator;
  private final Credentials credentials;
  private final Stores stores;
  private final Door door;

  /** Where tickets come from and sessions go. */
  public record Stores(ConsoleTicketStore tickets, ConsoleSessionStore sessions) {}

  /**
   * Who may try.
   *
   * @param network for browsers elsewhere there is no console
   * @param failures limits wrong credentials per address
   */
  public record Door(Network network, TrustedProxies proxies, FailedAttempts failures) {}

  public SignIn(Authenticator authenticator, Stores stores, Door door) {
    this.authenticator = authenticator;
    this.credentials = new Credentials(authenticator);
    this.stores = stores;
    this.door = door;
  }

  /** A credential that was proven right. */
  record Proof(Credential credential, String kind, Principal holder) {}

  /** A session with the rights it has now. */
  record Opened(ConsoleSession session, Principal caller) {}

  /** Refuses, as if there were no such path, a browser that may not know of the console. */
  void requireNetwork(HttpServerRequest request) {
    if (!door.network().contains(address(request))) {
      throw ProblemException.notFound("no such path; see /openapi.yaml");
    }
  }

  private @Nullable InetAddress address(HttpServerRequest request) {
    return door.proxies().source(request);
  }

  /** Returns the proven credential of a request; fails with a {@link ProblemException}. */
  Future<Proof> proof(RoutingContext context) {
    String bearer = BearerToken.of(context.request().getHeader("Authorization"));
    Future<Proof> proof = bearer == null ? ofTicket(context) : ofBearer(context, bearer);
    return proof.recover(failure -> refused(context, failure));
  }

  private Future<Proof> ofBearer(RoutingContext context, String bearer) {
    return authenticator
        .authenticate(bearer, () -> address(context.request()))
        .map(
            holder -> {
              Credential credential = Credential.of(bearer, holder);
              return new Proof(credential, credential.kind(), holder);
            });
  }

  private Future<Proof> ofTicket(RoutingContext context) {
    if (!(RequestInput.jsonOrEmpty(context).getValue(TICKET) instanceof String ticket)) {
      return Future.failedFuture(
          ProblemException.badRequest(
              "send the header Authorization: Bearer <API key or token>, or a body with a ticket"));
    }
    return stores
        .tickets()
        .take(ticket)
        .recover(
            failure ->
                Future.failedFuture(
                    ProblemException.unavailable("Redis is unavailable; try again")))
        .compose(
            found ->
                found
                    .map(credential -> ofTaken(context, credential))
                    .orElseGet(
                        () ->
                            Future.failedFuture(
                                AuthException.refused(
                                    "the ticket is unknown, used or expired; ask for a new"
                                        + " link"))));
  }

  private Future<Proof> ofTaken(RoutingContext context, Credential credential) {
    return credentials
        .holder(credential, () -> address(context.request()))
        .map(holder -> new Proof(credential, TICKET, holder));
  }

  /** Counts a wrong credential; too many are answered 429. */
  private Future<Proof> refused(RoutingContext context, Throwable failure) {
    boolean wrong =
        failure instanceof AuthException refusal && refusal.kind() == AuthException.Kind.REFUSED;
    if (!wrong) {
      return Future.failedFuture(failure);
    }
    InetAddress address = address(context.request());
    Optional<Duration> pause = door.failures().count(address);
    int status =
        pause.isPresent() ? Kind.TOO_MANY_REQUESTS.status() : Kind.UNAUTHENTICATED.status();
    if (pause.isEmpty()) {
      Audit.signIn(ACTION, null, null, address, status);
    }
    return Future.failedFuture(
        pause
            .map(SignIn::tooMany)
            .orElseGet(() -> ProblemException.of(Kind.UNAUTHENTICATED, Reason.of(failure))));
  }

  private static ProblemException tooMany(Duration pause) {
    return new ProblemException(
        Problem.later(
            Kind.TOO_MANY_REQUESTS,
            "too many wrong credentials from this address; a right one is still accepted",
            Math.toIntExact(pause.toSeconds())));
  }

  /** Opens a session and makes the browser keep its cookie. */
  Future<Opened> open(RoutingContext context, Proof proof) {
    HttpServerRequest request = context.request();
    InetAddress address = address(request);
    String agent = request.getHeader("User-Agent");
    Browser browser =
        new Browser(address == null ? "" : address.getHostAddress(), agent == null ? "" : agent);
    return stores
        .sessions()
        .open(proof.credential(), proof.kind(), proof.holder(), browser)
        .recover(
            failure ->
                Future.failedFuture(
                    ProblemException.unavailable("Redis is unavailable; try again")))
        .map(
            created -> {
              ConsoleSession session = created.session();
              ConsoleCookie.set(
                  request,
                  created.cookie().reveal(),
                  Duration.between(session.opened().at(), session.opened().expires()));
              Audit.signIn(ACTION, proof.holder().name(), session, address, 200);
              return new Opened(session, proof.holder());
            });
  }

  /** Writes the end of a session by its own page to the audit log. */
  void auditEnd(HttpServerRequest request, ConsoleSession session) {
    Audit.signIn("console sign-out", session.opened().name(), session, address(request), 204);
  }
}
