package dev.switchboard.api.inspect;

import dev.switchboard.api.http.Access;
import dev.switchboard.api.http.Guard;
import dev.switchboard.api.http.JsonResponse;
import dev.switchboard.api.http.ProblemException;
import dev.switchboard.api.http.RouteGroup;
import dev.switchboard.auth.Principal;
import dev.switchboard.auth.Scope;
import dev.switchboard.bus.inspection.NodeAnswer;
import dev.switchboard.bus.inspection.NodeQuestion;
import dev.switchboard.event.TenantId;
import dev.switchboard.event.UserId;
import dev.switchboard.redis.ControlChannel;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.regex.Pattern;

/** The sessions of a user on all nodes: listing them, and ending one. */
public final class UserSessionRoutes implements RouteGroup {
  private static final String SESSIONS = "/api/v1/tenants/:tenant/users/:user/sessions";
  private static final Pattern SESSION_ID = Pattern.compile("[0-9a-f-]{36}");

  private final ClusterQuestions questions;
  private final ControlChannel control;

  /** Asks and commands the nodes over the connections of one event loop. */
  public UserSessionRoutes(ClusterQuestions questions, ControlChannel control) {
    this.questions = questions;
    this.control = control;
  }

  @Override
  public void mount(Router router, Guard guard) {
    router.get(SESSIONS).handler(guard.authenticated(this::list));
    router.delete(SESSIONS + "/:session").handler(guard.authenticated(this::end));
  }

  private void list(RoutingContext context, Principal caller) {
    TenantId tenant = administered(context, caller);
    UserId user = new UserId(context.pathParam("user"));
    questions
        .ask(caller, (id, node) -> new NodeQuestion.SessionsOfUser(id, node, tenant, user))
        .onSuccess(answers -> JsonResponse.send(context, 200, toJson(answers)))
        .onFailure(failure -> Failures.answer(context, failure));
  }

  private static JsonObject toJson(ClusterQuestions.Answers answers) {
    JsonArray sessions = new JsonArray();
    answers.given().forEach(answer -> answer.items().forEach(sessions::add));
    return new JsonObject()
        .put("sessions", sessions)
        .put("silent_nodes", new JsonArray(answers.silent()))
        .put("truncated", answers.given().stream().anyMatch(NodeAnswer::truncated));
  }

  private void end(RoutingContext context, Principal caller) {
    TenantId tenant = administered(context, caller);
    UserId user = new UserId(context.pathParam("user"));
    String session = context.pathParam("session");
    if (!SESSION_ID.matcher(session).matches()) {
      throw ProblemException.badRequest("the id of a session is a UUID in lower case");
    }
    JsonResponse.sendFrom(
        "Redis",
        context,
        202,
        control
            .endSession(tenant, user, session)
            .map(at -> new JsonObject().put("at", at.toString()).toBuffer()));
  }

  private static TenantId administered(RoutingContext context, Principal caller) {
    Access.requireScope(caller, Scope.ADMIN);
    return Access.pathTenant(context, caller);
  }
}
