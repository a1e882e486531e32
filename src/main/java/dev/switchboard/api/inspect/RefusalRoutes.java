package dev.switchboard.api.inspect;

import dev.switchboard.api.http.Access;
import dev.switchboard.api.http.Guard;
import dev.switchboard.api.http.JsonResponse;
import dev.switchboard.api.http.RouteGroup;
import dev.switchboard.auth.Principal;
import dev.switchboard.auth.Scope;
import dev.switchboard.bus.inspection.NodeQuestion;
import dev.switchboard.event.TenantId;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code GET /api/v1/refusals}: what all nodes refused lately. */
public final class RefusalRoutes implements RouteGroup {
  private static final Comparator<JsonObject> NEWEST_FIRST =
      Comparator.comparing((JsonObject refusal) -> refusal.getString("at", "")).reversed();

  private final ClusterQuestions questions;

  /** Asks the nodes over the connections of one event loop. */
  public RefusalRoutes(ClusterQuestions questions) {
    this.questions = questions;
  }

  @Override
  public void mount(Router router, Guard guard) {
    router.get("/api/v1/refusals").handler(guard.authenticated(this::list));
  }

  /** A caller of one tenant sees what was refused to callers of that tenant. */
  private void list(RoutingContext context, Principal caller) {
    Access.requireScope(caller, Scope.ADMIN);
    @Nullable TenantId tenant = Access.ownTenant(caller);
    questions
        .ask(caller, (id, node) -> new NodeQuestion.Refusals(id, node, tenant))
        .onSuccess(answers -> JsonResponse.send(context, 200, toJson(answers)))
        .onFailure(failure -> Failures.answer(context, failure));
  }

  private static JsonObject toJson(ClusterQuestions.Answers answers) {
    List<JsonObject> refusals =
        answers.given().stream()
            .flatMap(answer -> answer.items().stream())
            .sorted(NEWEST_FIRST)
            .toList();
    return new JsonObject()
        .put("refusals", new JsonArray(refusals))
        .put("silent_nodes", new JsonArray(answers.silent()));
  }
}
