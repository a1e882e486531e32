package dev.switchboard.api;

import dev.switchboard.api.http.Access;
import dev.switchboard.api.http.Guard;
import dev.switchboard.api.http.JsonResponse;
import dev.switchboard.api.http.ProblemException;
import dev.switchboard.api.http.RequestInput;
import dev.switchboard.api.http.RouteGroup;
import dev.switchboard.auth.Principal;
import dev.switchboard.auth.Scope;
import dev.switchboard.event.InvalidNameException;
import dev.switchboard.event.TenantId;
import dev.switchboard.event.UserId;
import dev.switchboard.presence.PresenceService;
import dev.switchboard.presence.UserPresence;
import dev.switchboard.sessions.signin.QueryParameters;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Presence queries, and heartbeats of devices without a socket. */
public final class PresenceRoutes implements RouteGroup {
  private static final int MAX_USERS = 1_000;
  private static final int MAX_USERS_IN_BODY = 10_000;

  private final PresenceService presence;

  public PresenceRoutes(PresenceService presence) {
    this.presence = presence;
  }

  @Override
  public void mount(Router router, Guard guard) {
    String tenant = "/api/v1/tenants/:tenant/presence";
    router
        .get(tenant)
        .handler(guard.authenticated(new QueryParameters(Set.of(), Set.of("users")), this::list));
    guard.withBody(router.post(tenant + "/query"), this::query);
    router.get(tenant + "/:user").handler(guard.authenticated(this::one));
    router.put(tenant + "/:user").handler(guard.authenticated(this::heartbeat));
    router.delete(tenant + "/:user").handler(guard.authenticated(this::signOff));
    for (String base : List.of("", "/api/v1")) {
      router
          .get(base + "/ws/users/:user/online")
          .handler(guard.authenticated(QueryParameters.ofSingle("tenant_id"), this::isOnline));
    }
  }

  private void list(RoutingContext context, Principal caller) {
    TenantId tenant = tenant(context, caller, Scope.PRESENCE_READ);
    List<String> asked = context.queryParam("users");
    if (asked.isEmpty()) {
      answer(context, presence.online(tenant).map(PresenceRoutes::idsJson));
    } else {
      answer(context, presence.ask(tenant, users(asked)).map(PresenceRoutes::usersJson));
    }
  }

  /** The same question as {@code ?users=…}, for lists that are too long for a URL. */
  private void query(RoutingContext context, Principal caller) {
    TenantId tenant = tenant(context, caller, Scope.PRESENCE_READ);
    List<UserId> users = queriedUsers(RequestInput.json(context));
    answer(context, presence.ask(tenant, users).map(PresenceRoutes::usersJson));
  }

  static List<UserId> queriedUsers(JsonObject body) {
    if (!(body.getValue("users") instanceof JsonArray ids) || ids.size() > MAX_USERS_IN_BODY) {
      throw ProblemException.badRequest(
          "users must be an array of at most " + MAX_USERS_IN_BODY + " user ids");
    }
    List<UserId> users = new ArrayList<>(ids.size());
    for (Object id : ids) {
      if (!(id instanceof String || id instanceof Integer || id instanceof Long)) {
        throw ProblemException.badRequest("users must contain user ids only");
      }
      users.add(new UserId(id.toString()));
    }
    return users;
  }

  private void one(RoutingContext context, Principal caller) {
    TenantId tenant = tenant(context, caller, Scope.PRESENCE_READ);
    List<UserId> user = List.of(user(context));
    answer(context, presence.ask(tenant, user).map(answers -> json(answers.get(0))));
  }

  private void heartbeat(RoutingContext context, Principal caller) {
    TenantId tenant = tenant(context, caller, Scope.PRESENCE_WRITE);
    UserId user = user(context);
    answer(
        context,
        presence
            .deviceAlive(tenant, user)
            .compose(done -> presence.ask(tenant, List.of(user)))
            .map(answers -> json(answers.get(0))));
  }

  private void signOff(RoutingContext context, Principal caller) {
    TenantId tenant = tenant(context, caller, Scope.PRESENCE_WRITE);
    presence
        .deviceGone(tenant, user(context))
        .onSuccess(done -> JsonResponse.sendNoContent(context))
        .onFailure(failure -> JsonResponse.failFrom("Redis", context, failure));
  }

  private void isOnline(RoutingContext context, Principal caller) {
    Access.requireScope(caller, Scope.PRESENCE_READ);
    TenantId tenant = Access.queryTenant(context, caller);
    UserId user = user(context);
    answer(
        context,
        presence
            .ask(tenant, List.of(user))
            .map(
                answers ->
                    new JsonObject()
                        .put("user_id", user.value())
                        .put("is_online", answers.get(0).online())
                        .put("connection_count", answers.get(0).connections())));
  }

  private static TenantId tenant(RoutingContext context, Principal caller, Scope scope) {
    Access.requireScope(caller, scope);
    return Access.pathTenant(context, caller);
  }

  private static UserId user(RoutingContext context) {
    return new UserId(context.pathParam("user"));
  }

  static List<UserId> users(List<String> asked) {
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

  private static void answer(RoutingContext context, Future<JsonObject> result) {
    JsonResponse.sendFrom("Redis", context, 200, result.map(JsonObject::toBuffer));
  }
}
