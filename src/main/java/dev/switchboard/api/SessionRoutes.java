package dev.switchboard.api;

import dev.switchboard.api.Problem.Kind;
import dev.switchboard.auth.Origins;
import dev.switchboard.auth.Principal;
import dev.switchboard.auth.Scope;
import dev.switchboard.auth.TicketStore;
import dev.switchboard.event.TenantId;
import dev.switchboard.event.UserId;
import dev.switchboard.redis.ControlChannel;
import dev.switchboard.sessions.Hub;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

/** Sockets, streams, tickets to them, and orders to end them. */
public final class SessionRoutes implements RouteGroup {
  private static final int MAX_TOKEN_ID = 256;

  private final Hub sessions;
  private final TicketStore tickets;
  private final ControlChannel orders;
  private final Cors cors;

  /** Over parts of one event loop; pages of these origins may call. */
  public SessionRoutes(Hub sessions, TicketStore tickets, ControlChannel orders, Origins origins) {
    this.sessions = sessions;
    this.tickets = tickets;
    this.orders = orders;
    this.cors = new Cors(origins);
  }

  @Override
  public void mount(Router router, Guard guard) {
    router.get("/ws").handler(c -> sessions.webSockets().accept(c.request()).onFailure(c::fail));
    router.get("/ws/public/:session").handler(this::visitor);
    router.options("/api/v1/events/stream").handler(cors.preflight("GET"));
    router
        .get("/api/v1/events/stream")
        .handler(cors::allow)
        .handler(c -> sessions.streams().accept(c.request()).onFailure(c::fail));
    router.options("/api/v1/ws/tickets").handler(cors.preflight("POST"));
    guard.withBody(router.post("/api/v1/ws/tickets").handler(cors::allow), this::ticket);
    String user = "/api/v1/tenants/:tenant/users/:user";
    router.post(user + "/disconnect").handler(guard.authenticated(this::disconnect));
    router.post(user + "/revoke").handler(guard.authenticated(this::revokeUser));
    router
        .post("/api/v1/tenants/:tenant/tokens/:jti/revoke")
        .handler(guard.authenticated(this::revokeToken));
    router
        .post("/api/v1/tokens/:jti/revoke")
        .handler(guard.authenticated(this::revokeTokenOfAllTenants));
  }

  private void visitor(RoutingContext context) {
    sessions
        .webSockets()
        .acceptVisitor(context.request(), context.pathParam("session"))
        .onFailure(context::fail);
  }

  private void ticket(RoutingContext context, Principal caller) {
    if (!(caller instanceof Principal.User user)) {
      throw new ProblemException(
          Problem.of(Kind.FORBIDDEN, "a ticket is made with a user's own token"));
    }
    TicketStore.Kind kind =
        switch (String.valueOf(Guard.object(context).getValue("kind", "connect"))) {
          case "connect" -> TicketStore.Kind.CONNECT;
          case "stream" -> TicketStore.Kind.STREAM;
          default -> throw Guard.bad("\"kind\" must be \"connect\" or \"stream\"");
        };
    Duration left = Duration.between(Instant.now(), user.expires());
    Duration lifetime =
        kind == TicketStore.Kind.STREAM || left.compareTo(TicketStore.CONNECT_LIFETIME) < 0
            ? left
            : TicketStore.CONNECT_LIFETIME;
    tickets
        .issue(user, kind)
        .onSuccess(
            ticket ->
                JsonResponse.send(
                    context,
                    201,
                    new JsonObject()
                        .put("ticket", ticket)
                        .put("kind", kind.name().toLowerCase(Locale.ROOT))
                        .put("expires_in_seconds", Math.max(0, lifetime.toSeconds()))))
        .onFailure(failure -> outOfReach(context));
  }

  private void disconnect(RoutingContext context, Principal caller) {
    UserId user = new UserId(context.pathParam("user"));
    answer(context, orders.disconnect(administered(context, caller), user));
  }

  private void revokeUser(RoutingContext context, Principal caller) {
    UserId user = new UserId(context.pathParam("user"));
    answer(context, orders.revokeUser(administered(context, caller), user));
  }

  private void revokeToken(RoutingContext context, Principal caller) {
    String tokenId = tokenId(context);
    answer(context, orders.revokeToken(administered(context, caller), tokenId));
  }

  private void revokeTokenOfAllTenants(RoutingContext context, Principal caller) {
    Guard.requireScope(caller, Scope.ADMIN);
    if (Guard.onlyTenant(caller) != null) {
      throw new ProblemException(
          Problem.of(Kind.FORBIDDEN, "only a caller of all tenants may revoke such a token"));
    }
    answer(context, orders.revokeTokenOfAllTenants(tokenId(context)));
  }

  private static String tokenId(RoutingContext context) {
    String tokenId = context.pathParam("jti");
    if (tokenId.isEmpty()
        || tokenId.length() > MAX_TOKEN_ID
        || tokenId.startsWith(ControlChannel.OF_ALL_TENANTS)) {
      throw Guard.bad(
          "a token id has 1 to " + MAX_TOKEN_ID + " characters and does not begin with \"* \"");
    }
    return tokenId;
  }

  /** The tenant of the path, if the caller may give commands to its sessions. */
  private static TenantId administered(RoutingContext context, Principal caller) {
    Guard.requireScope(caller, Scope.ADMIN);
    return Guard.tenant(context, caller);
  }

  private static void answer(RoutingContext context, Future<Instant> given) {
    given
        .onSuccess(at -> JsonResponse.send(context, 202, new JsonObject().put("at", at.toString())))
        .onFailure(failure -> outOfReach(context));
  }

  private static void outOfReach(RoutingContext context) {
    ProblemHandler.answer(
        context, Problem.later(Kind.UNAVAILABLE, "Redis is out of reach; try again", 1));
  }
}
