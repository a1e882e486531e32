package dev.switchboard.api.console;

import dev.switchboard.api.http.Access;
import dev.switchboard.api.http.Audit;
import dev.switchboard.api.http.Callers;
import dev.switchboard.api.http.Guard;
import dev.switchboard.api.http.JsonResponse;
import dev.switchboard.api.http.Problem;
import dev.switchboard.api.http.Problem.Kind;
import dev.switchboard.api.http.ProblemException;
import dev.switchboard.api.http.RequestInput;
import dev.switchboard.api.http.RouteGroup;
import dev.switchboard.auth.AuthException;
import dev.switchboard.auth.Principal;
import dev.switchboard.auth.TrustedProxies;
import dev.switchboard.auth.console.Credential;
import dev.switchboard.auth.console.Credentials;
import dev.switchboard.auth.console.OpaqueSecret;
import dev.switchboard.auth.console.Portal;
import dev.switchboard.auth.console.PortalStore;
import dev.switchboard.config.pages.PortalConfig;
import dev.switchboard.event.Reason;
import dev.switchboard.event.TenantId;
import dev.switchboard.event.UserId;
import dev.switchboard.sessions.signin.BearerToken;
import dev.switchboard.sessions.signin.QueryParameters;
import dev.switchboard.time.KeyedLimit;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.net.InetAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * {@code …/portal}: backends make links to the pages of one of their tenants; a page turns its link
 * into a token, which lives in the page's memory.
 */
public final class PortalRoutes implements RouteGroup {
  private static final String LINKS = "/api/v1/tenants/:tenant/portal";
  private static final int MAX_LINK_BODY = 64 << 10;
  private static final int MAX_TICKET_BODY = 1 << 10;

  private final PortalConfig config;
  private final PortalStore portals;
  private final Credentials credentials;
  private final Limits limits;
  private final Clock clock;

  /**
   * What one caller may do to all.
   *
   * @param links links per minute of one tenant
   * @param failures wrong tickets of one address
   */
  public record Limits(KeyedLimit links, FailedAttempts failures, TrustedProxies proxies) {}

  /** Over the portals of one event loop. */
  public PortalRoutes(
      PortalConfig config,
      PortalStore portals,
      Credentials credentials,
      Limits limits,
      Clock clock) {
    this.config = config;
    this.portals = portals;
    this.credentials = credentials;
    this.limits = limits;
    this.clock = clock;
  }

  @Override
  public void mount(Router router, Guard guard) {
    guard.withBody(router.post(LINKS), MAX_LINK_BODY, this::issue);
    router
        .delete(LINKS)
        .handler(guard.authenticated(QueryParameters.ofSingle("user"), this::endAll));
    guard.withBodyOfAnybody(router.post("/api/v1/portal/session"), MAX_TICKET_BODY, this::open);
  }

  private void issue(RoutingContext context, Principal caller) {
    TenantId tenant = Access.pathTenant(context, caller);
    Credential issuer = issuerOf(context, caller);
    PortalRequest wanted = new PortalRequest(RequestInput.json(context), config);
    Portal portal = wanted.portal(tenant, caller, issuer, clock.instant());
    JsonObject appearance = wanted.appearance();
    requireRoom(tenant);
    portals
        .issue(portal, appearance)
        .onSuccess(ticket -> JsonResponse.send(context, 201, link(context, portal, ticket)))
        .onFailure(failure -> context.fail(unavailable()));
  }

  private void requireRoom(TenantId tenant) {
    int seconds = limits.links().secondsUntilAllowed(tenant);
    if (seconds > 0) {
      throw new ProblemException(
          Problem.later(
              Kind.TOO_MANY_REQUESTS, "too many links to portals of this tenant", seconds));
    }
  }

  /** Only backends grant rights to portals; a console session counts as its credential. */
  private static Credential issuerOf(RoutingContext context, Principal caller) {
    boolean mayHandOn = Portal.SCOPES.stream().anyMatch(scope -> Portal.mayHandOn(caller, scope));
    if (!(caller instanceof Principal.Service)
        || Callers.portal(context).isPresent()
        || !mayHandOn) {
      throw ProblemException.forbidden(
          "only backends that have a scope which a portal can have may make and end portals");
    }
    return Callers.session(context)
        .map(session -> session.credential())
        .orElseGet(() -> Credential.of(bearerOf(context), caller));
  }

  private static String bearerOf(RoutingContext context) {
    String bearer = BearerToken.of(context.request().getHeader("Authorization"));
    return bearer == null ? "" : bearer;
  }

  private JsonObject link(RoutingContext context, Portal portal, OpaqueSecret ticket) {
    String base =
        config.baseUrl().isEmpty() ? baseOf(context.request()) : withoutSlash(config.baseUrl());
    return new JsonObject()
        .put("url", base + "/portal/#ticket=" + ticket.reveal())
        .put("expires_at", portal.expires().toString());
  }

  private static String withoutSlash(String url) {
    return url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
  }

  private static String baseOf(HttpServerRequest request) {
    String forwarded = request.getHeader("X-Forwarded-Proto");
    boolean https = forwarded != null && forwarded.trim().equalsIgnoreCase("https");
    return (https ? "https://" : "http://") + request.authority();
  }

  private void endAll(RoutingContext context, Principal caller) {
    TenantId tenant = Access.pathTenant(context, caller);
    Credential unused = issuerOf(context, caller);
    String given = RequestInput.parameter(context, "user");
    String user = given == null ? null : new UserId(given).value();
    portals
        .endAll(tenant, user)
        .onSuccess(ended -> JsonResponse.sendNoContent(context))
        .onFailure(failure -> context.fail(unavailable()));
  }

  private void open(RoutingContext context) {
    if (!(RequestInput.json(context).getValue("ticket") instanceof String ticket)) {
      throw ProblemException.badField("/ticket", "must be the ticket of a link");
    }
    portals
        .open(ticket)
        .recover(failure -> Future.failedFuture(unavailable()))
        .compose(found -> found.map(this::withHolder).orElseGet(PortalRoutes::unknown))
        .onSuccess(
            opened -> {
              Audit.signIn("portal opened", opened.holder().name(), null, address(context), 200);
              JsonResponse.send(context, 200, json(opened));
            })
        .onFailure(failure -> refuse(context, failure));
  }

  private record Held(PortalStore.Opened opened, Principal holder) {}

  private Future<Held> withHolder(PortalStore.Opened opened) {
    return credentials
        .issuer(opened.portal().issuer())
        .map(issuer -> new Held(opened, opened.portal().holder(issuer)));
  }

  private static <T> Future<T> unknown() {
    return Future.failedFuture(
        AuthException.refused("the link is unknown, used or expired; ask for a new one"));
  }

  private void refuse(RoutingContext context, Throwable failure) {
    if (!(failure instanceof AuthException refusal)
        || refusal.kind() != AuthException.Kind.REFUSED) {
      context.fail(failure);
      return;
    }
    Optional<Duration> pause = limits.failures().count(address(context));
    context.fail(
        pause.isPresent()
            ? new ProblemException(
                Problem.later(
                    Kind.TOO_MANY_REQUESTS,
                    "too many wrong tickets from this address; a right one is still accepted",
                    Math.toIntExact(pause.get().toSeconds())))
            : ProblemException.of(Kind.UNAUTHENTICATED, Reason.of(refusal)));
  }

  private @Nullable InetAddress address(RoutingContext context) {
    return limits.proxies().source(context.request());
  }

  private JsonObject json(Held held) {
    Portal portal = held.opened().portal();
    return new JsonObject()
        .put("token", held.opened().token().reveal())
        .put("expires_at", portal.expires().toString())
        .put("tenant", portal.tenant().value())
        .put("user", portal.user())
        .put("scopes", SessionJson.wireNames(((Principal.Service) held.holder()).scopes()))
        .put("refresh_url", config.refreshUrl().isEmpty() ? null : config.refreshUrl())
        .mergeIn(held.opened().appearance());
  }

  private static ProblemException unavailable() {
    return ProblemException.unavailable("Redis is unavailable; try again");
  }
}
