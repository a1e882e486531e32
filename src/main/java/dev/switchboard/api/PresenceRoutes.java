package dev.switchboard.api;

import dev.switchboard.api.Problem.Kind;
import dev.switchboard.auth.Principal;
import dev.switchboard.auth.Scope;
import dev.switchboard.event.InvalidNameException;
import dev.switchboard.event.TenantId;
import dev.switchboard.event.UserId;
import dev.switchboard.presence.PresenceService;
import dev.switchboard.presence.UserPresence;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Who is online: questions, and heartbeats of devices without a socket. */
public final class PresenceRoutes implements RouteGroup {
  private static final int MAX_USERS = 1_000;
  private static final int RETRY_SECONDS = 1;

  private final PresenceService desk;

  /** Over the desk of the same event loop. */
  public PresenceRoutes(PresenceService desk) {
    this.desk = desk;
  }

  @Override
  public void mount(Router router, Guard guard) {
    String tenant = "/api/v1/tenants/:tenant/presence";
    router.get(tenant).handler(guard.authenticated(this::list));
    router.get(tenant + "/:user").handler(guard.authenticated(this::one));
    router.put(tenant + "/:user").handler(guard.authenticated(this::alive));
    router.delete(tenant + "/:user").handler(guard.authenticated(this::gone));
    for (String base : List.of("", "/api/v1")) {
      router.get(base + "/ws/users/:user/online").handler(guard.authenticated(this::isOnline));
    }
  }

  private void list(RoutingContext context, Principal caller) {
    TenantId tenant = tenant(context, caller, Scope.PRESENCE_READ);
    List<String> asked = context.queryParam("users");
    if (asked.isEmpty()) {
      answer(context, desk.online(tenant).map(PresenceRoutes::idsJson));
    } else {
      answer(context, desk.ask(tenant, users(asked)).map(PresenceRoutes::usersJson));
    }
  }

  private void one(RoutingContext context, Principal caller) {
    TenantId tenant = tenant(context, caller, Scope.PRESENCE_READ);
    List<UserId> user = List.of(user(context));
    answer(context, desk.ask(tenant, user).map(answers -> json(answers.get(0))));
  }

  private void alive(RoutingContext context, Principal caller) {
    TenantId tenant = tenant(context, caller, Scope.PRESENCE_WRITE);
    UserId user = user(context);
    answer(
        context,
        desk.deviceAlive(tenant, user)
            .compose(done -> desk.ask(tenant, List.of(user)))
            .map(answers -> json(answers.get(0))));
  }

  private void gone(RoutingContext context, Principal caller) {
    TenantId tenant = tenant(context, caller, Scope.PRESENCE_WRITE);
    answer(context, desk.deviceGone(tenant, user(context)).map(done -> null));
  }

  /** The tenant is the caller's; a caller of all tenants names it. */
  private void isOnline(RoutingContext context, Principal caller) {
    require(caller, Scope.PRESENCE_READ);
    TenantId tenant = ownTenant(context, caller);
    if (!caller.mayActFor(tenant)) {
      throw new ProblemException(Problem.of(Kind.FORBIDDEN, "use a key of that tenant"));
    }
    UserId user = user(context);
    answer(
        context,
        desk.ask(tenant, List.of(user))
            .map(
                answers ->
                    new JsonObject()
                        .put("user_id", user.value())
                        .put("is_online", answers.get(0).online())
                        .put("connection_count", answers.get(0).connections())));
  }

  private static TenantId ownTenant(RoutingContext context, Principal caller) {
    List<String> named = context.queryParam("tenant_id");
    if (!named.isEmpty()) {
      return new TenantId(named.get(0));
    }
    TenantId own =
        caller instanceof Principal.User user
            ? user.tenant()
            : ((Principal.Service) caller).tenant();
    if (own == null) {
      throw new ProblemException(
          Problem.of(Kind.BAD_REQUEST, "a caller of all tenants adds ?tenant_id="));
    }
    return own;
  }

  private static TenantId tenant(RoutingContext context, Principal caller, Scope scope) {
    TenantId tenant = new TenantId(context.pathParam("tenant"));
    require(caller, scope);
    if (!caller.mayActFor(tenant)) {
      throw new ProblemException(Problem.of(Kind.FORBIDDEN, "use a key of that tenant"));
    }
    return tenant;
  }

  private static void require(Principal caller, Scope scope) {
    if (!caller.has(scope)) {
      throw new ProblemException(Problem.of(Kind.FORBIDDEN, "this needs the scope " + scope));
    }
  }

  private static UserId user(RoutingContext context) {
    return new UserId(context.pathParam("user"));
  }

  private static List<UserId> users(List<String> asked) {
    List<UserId> users = new ArrayList<>();
    for (String list : asked) {
      for (String id : list.split(",")) {
        if (!id.isBlank()) {
          users.add(new UserId(id.trim()));
        }
      }
    }
    if (users.size() > MAX_USERS) {
      throw new InvalidNameException("ask for at most " + MAX_USERS + " users at once");
    }
    return users;
  }

  private static JsonObject idsJson(List<String> ids) {
    return new JsonObject().put("users", new JsonArray(ids)).put("count", ids.size());
  }

  private static JsonObject usersJson(List<UserPresence> users) {
    JsonArray array = new JsonArray();
    users.forEach(user -> array.add(json(user)));
    long online = users.stream().filter(UserPresence::online).count();
    return new JsonObject().put("users", array).put("count", online);
  }

  private static JsonObject json(UserPresence user) {
    return new JsonObject()
        .put("user_id", user.user().value())
        .put("online", user.online())
        .put("connections", user.connections())
        .put("nodes", new JsonArray(user.nodes()))
        .put("last_seen", user.lastSeen() == null ? null : user.lastSeen().toString());
  }

  private static void answer(RoutingContext context, Future<@Nullable JsonObject> answering) {
    answering
        .onSuccess(json -> send(context, json))
        .onFailure(
            failure ->
                context.fail(
                    new ProblemException(
                        Problem.later(
                            Kind.UNAVAILABLE, "Redis is out of reach; try again", RETRY_SECONDS))));
  }

  private static void send(RoutingContext context, @Nullable JsonObject json) {
    if (json == null) {
      context.response().setStatusCode(204).end().onFailure(gone -> {});
    } else {
      JsonResponse.send(context, 200, json);
    }
  }
}
