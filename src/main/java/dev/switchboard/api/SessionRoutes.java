package dev.switchboard.api;

import dev.switchboard.api.http.Access;
import dev.switchboard.api.http.Guard;
import dev.switchboard.api.http.JsonResponse;
import dev.switchboard.api.http.ProblemException;
import dev.switchboard.api.http.RequestInput;
import dev.switchboard.api.http.RouteGroup;
import dev.switchboard.auth.Principal;
import dev.switchboard.auth.Scope;
import dev.switchboard.auth.TicketStore;
import dev.switchboard.event.TenantId;
import dev.switchboard.event.UserId;
import dev.switchboard.redis.ControlChannel;
import dev.switchboard.sessions.Hub;
import dev.switchboard.sessions.edge.StreamBlocks;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.Instant;
import java.util.Locale;

/** WebSockets and event streams, tickets for them, and commands that end them. */
public final class SessionRoutes implements RouteGroup {
  private static final int MAX_TOKEN_ID_LENGTH = 256;

  private final Hub sessions;
  private final TicketStore tickets;
  private final ControlChannel control;

  /** Serves the sessions of one event loop. */
  public SessionRoutes(Hub sessions, TicketStore tickets, ControlChannel control) {
    this.sessions = sessions;
    this.tickets = tickets;
    this.control = control;
  }

  @Override
  public void mount(Router router, Guard guard) {
    router.get("/ws").handler(c -> sessions.webSockets().accept(c.request()).onFailure(c::fail));
    router.get("/ws/public/:session").handler(this::visitor);
    router
        .get(StreamBlocks.PATH)
        .handler(c -> sessions.streams().accept(c.request()).onFailure(c::fail));
    guard.withBody(router.post("/api/v1/ws/tickets"), this::ticket);
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
      throw ProblemException.forbidden("tickets are for users; call with a user's token");
    }
    TicketStore.Kind kind = ticketKind(RequestInput.jsonOrEmpty(context));
    JsonResponse.sendFrom(
        "Redis", context, 201, tickets.issue(user, kind).map(SessionRoutes::ticketJson));
  }

  private static TicketStore.Kind ticketKind(JsonObject body) {
    return switch (String.valueOf(body.getValue("kind", "connect"))) {
      case "connect" -> TicketStore.Kind.CONNECT;
      case "stream" -> TicketStore.Kind.STREAM;
      default -> throw ProblemException.badRequest("kind must be \"connect\" or \"stream\"");
    };
  }

  private static Buffer ticketJson(TicketStore.Ticket ticket) {
    return new JsonObject()
        .put("ticket", ticket.reveal())
        .put("kind", ticket.kind().name().toLowerCase(Locale.ROOT))
        .put("expires_in_seconds", ticket.lifetime().toSeconds())
        .toBuffer();
  }

  private void disconnect(RoutingContext context, Principal caller) {
    UserId user = new UserId(context.pathParam("user"));
    answer(context, control.disconnect(administered(context, caller), user));
  }

  private void revokeUser(RoutingContext context, Principal caller) {
    UserId user = new UserId(context.pathParam("user"));
    answer(context, control.revokeUser(administered(context, caller), user));
  }

  private void revokeToken(RoutingContext context, Principal caller) {
    String tokenId = tokenId(context);
    answer(context, control.revokeToken(administered(context, caller), tokenId));
  }

  private void revokeTokenOfAllTenants(RoutingContext context, Principal caller) {
    Access.requireAdminOfAllTenants(caller);
    answer(context, control.revokeTokenOfAllTenants(tokenId(context)));
  }

  private static String tokenId(RoutingContext context) {
    String tokenId = context.pathParam("jti");
    if (tokenId.isEmpty()
        || tokenId.length() > MAX_TOKEN_ID_LENGTH
        || tokenId.startsWith(ControlChannel.OF_ALL_TENANTS)) {
      throw ProblemException.badRequest(
          "a token id must have 1 to "
              + MAX_TOKEN_ID_LENGTH
              + " characters and must not begin with \"* \"");
    }
    return tokenId;
  }

  /** Returns the tenant of the path if the caller may command its sessions. */
  private static TenantId administered(RoutingContext context, Principal caller) {
    Access.requireScope(caller, Scope.ADMIN);
    return Access.pathTenant(context, caller);
  }

  private static void answer(RoutingContext context, Future<Instant> sent) {
    JsonResponse.sendFrom(
        "Redis",
        context,
        202,
        sent.map(at -> new JsonObject().put("at", at.toString()).toBuffer()));
  }
}
