package dev.switchboard.api.console;

import dev.switchboard.api.http.Access;
import dev.switchboard.api.http.Audit;
import dev.switchboard.api.http.Callers;
import dev.switchboard.api.http.ConsoleCookie;
import dev.switchboard.api.http.Guard;
import dev.switchboard.api.http.JsonResponse;
import dev.switchboard.api.http.Problem.Kind;
import dev.switchboard.api.http.ProblemException;
import dev.switchboard.api.http.RouteGroup;
import dev.switchboard.auth.Principal;
import dev.switchboard.auth.Scope;
import dev.switchboard.auth.console.ConsoleSession;
import dev.switchboard.auth.console.ConsoleSessionStore;
import dev.switchboard.event.TenantId;
import dev.switchboard.sessions.signin.QueryParameters;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** {@code /api/v1/console/…}: opens, shows, lists and ends sessions of the console. */
public final class ConsoleSessionRoutes implements RouteGroup {
  private static final String SESSION = "/api/v1/console/session";
  private static final String SESSIONS = "/api/v1/console/sessions";
  private static final int MAX_BODY = 1 << 10;

  private final SignIn signIn;
  private final ConsoleSessionStore sessions;

  /** Over the sessions of one event loop. */
  public ConsoleSessionRoutes(SignIn signIn, ConsoleSessionStore sessions) {
    this.signIn = signIn;
    this.sessions = sessions;
  }

  @Override
  public void mount(Router router, Guard guard) {
    guard.withBodyOfAnybody(router.post(SESSION), MAX_BODY, this::open);
    router.get(SESSION).handler(guard.authenticated(this::show));
    router.delete(SESSION).handler(this::close);
    router
        .get(SESSIONS)
        .handler(guard.authenticated(QueryParameters.ofSingle("tenant_id"), this::list));
    router
        .delete(SESSIONS + "/:id")
        .handler(guard.authenticated(QueryParameters.ofSingle("tenant_id"), this::end));
  }

  private void open(RoutingContext context) {
    HttpServerRequest request = context.request();
    signIn.requireNetwork(request);
    ConsoleCookie.requireOwnPage(request);
    ConsoleCookie.requireKept(request);
    signIn
        .proof(context)
        .compose(proof -> endPresent(request).compose(ended -> signIn.open(context, proof)))
        .onSuccess(opened -> JsonResponse.send(context, 200, SessionJson.of(opened)))
        .onFailure(context::fail);
  }

  /** A browser has one session; the previous one would stay open unused. */
  private Future<?> endPresent(HttpServerRequest request) {
    String before = ConsoleCookie.presented(request);
    return before == null
        ? Future.succeededFuture()
        : sessions
            .find(before)
            .compose(
                found ->
                    found.isPresent() ? sessions.end(found.get()) : Future.succeededFuture(false))
            .recover(failure -> Future.failedFuture(unavailable()));
  }

  private void show(RoutingContext context, Principal caller) {
    ConsoleSession session =
        Callers.session(context)
            .orElseThrow(
                () ->
                    ProblemException.of(
                        Kind.UNAUTHENTICATED,
                        "there is no console session; a request with Authorization has none"));
    JsonResponse.send(context, 200, SessionJson.of(new SignIn.Opened(session, caller)));
  }

  /** Also for a session that has ended: then the browser only has to delete its cookie. */
  private void close(RoutingContext context) {
    HttpServerRequest request = context.request();
    ConsoleCookie.requireOwnPage(request);
    String cookie = ConsoleCookie.presented(request);
    Future<Optional<ConsoleSession>> found =
        cookie == null ? Future.succeededFuture(Optional.empty()) : sessions.find(cookie);
    found
        .compose(
            session ->
                session.isPresent()
                    ? sessions.end(session.get()).map(session)
                    : Future.succeededFuture(session))
        .onSuccess(
            session -> {
              ConsoleCookie.clear(request);
              JsonResponse.sendNoContent(context);
              session.ifPresent(ended -> signIn.auditEnd(request, ended));
            })
        .onFailure(failure -> context.fail(unavailable()));
  }

  private void list(RoutingContext context, Principal caller) {
    Access.requireScope(caller, Scope.ADMIN);
    TenantId tenant = Access.queryTenantOrAll(context, caller);
    String current = Callers.session(context).map(ConsoleSession::id).orElse("");
    sessions
        .list(tenant)
        .onSuccess(found -> JsonResponse.send(context, 200, listJson(found, current)))
        .onFailure(failure -> context.fail(unavailable()));
  }

  private static JsonObject listJson(List<ConsoleSession> sessions, String current) {
    JsonArray list = new JsonArray();
    sessions.forEach(
        session ->
            list.add(SessionJson.listed(session).put("current", session.id().equals(current))));
    return new JsonObject().put("sessions", list);
  }

  private void end(RoutingContext context, Principal caller) {
    Access.requireScope(caller, Scope.ADMIN);
    TenantId tenant = Access.queryTenantOrAll(context, caller);
    sessions
        .endById(context.pathParam("id"), tenant)
        .onSuccess(ended -> answerEnded(context, tenant, ended))
        .onFailure(failure -> context.fail(unavailable()));
  }

  private static void answerEnded(
      RoutingContext context, @Nullable TenantId tenant, boolean ended) {
    if (tenant != null) {
      Audit.concerns(context, tenant);
    }
    if (ended) {
      JsonResponse.sendNoContent(context);
    } else {
      context.fail(ProblemException.notFound("no such console session"));
    }
  }

  private static ProblemException unavailable() {
    return ProblemException.unavailable("Redis is unavailable; try again");
  }
}
