package dev.switchboard.api.webhooks;

import dev.switchboard.api.http.Access;
import dev.switchboard.api.http.Audit;
import dev.switchboard.api.http.Guard;
import dev.switchboard.api.http.JsonResponse;
import dev.switchboard.api.http.Problem;
import dev.switchboard.api.http.Problem.Kind;
import dev.switchboard.api.http.ProblemException;
import dev.switchboard.auth.Principal;
import dev.switchboard.auth.Scope;
import dev.switchboard.event.InvalidNameException;
import dev.switchboard.event.Reason;
import dev.switchboard.webhooks.admin.WebhookServices;
import dev.switchboard.webhooks.registry.InvalidWebhookException;
import dev.switchboard.webhooks.registry.SavedWebhook;
import dev.switchboard.webhooks.registry.WebhookRefusedException;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * Reads requests below {@code /api/v1/webhooks}: the caller's scope, the webhook and the tenant
 * they name, their parameters; and answers failures.
 */
final class WebhookRequests {
  static final String ROOT = "/api/v1/webhooks";
  static final String ONE = ROOT + "/:id";
  static final int DEFAULT_PAGE = 50;
  static final int MAX_PAGE = 500;
  private static final int MAX_BODY = 256 << 10;
  private static final int RETRY_SECONDS = 1;

  /** Paths beside those of single webhooks, with methods of their own. */
  private static final Set<String> NO_IDS = Set.of("failed", "preview", "test");

  private WebhookRequests() {}

  /** Adds routes for authenticated callers that have the scope {@code webhooks}. */
  static Routes routes(Router router, Guard guard) {
    return (method, path, route) ->
        guard.withBody(router.route(method, path), MAX_BODY, guarded(route));
  }

  /** Adds a route. */
  interface Routes {
    void add(HttpMethod method, String path, BiConsumer<RoutingContext, Principal> route);
  }

  private static BiConsumer<RoutingContext, Principal> guarded(
      BiConsumer<RoutingContext, Principal> route) {
    return (context, caller) -> {
      Access.requireScope(caller, Scope.WEBHOOKS);
      if (NO_IDS.contains(context.pathParams().getOrDefault("id", ""))) {
        // No other route has the method.
        context.fail(405);
        return;
      }
      try {
        route.accept(context, caller);
      } catch (InvalidWebhookException | WebhookRefusedException known) {
        fail(context, known);
      }
    };
  }

  /** Reads the webhook that the path names, if the caller may see it. */
  static Future<SavedWebhook> one(
      RoutingContext context, Principal caller, WebhookServices services) {
    return services
        .webhooks()
        .find(pathNumber(context, "id"))
        .map(webhook -> visible(webhook, caller))
        .onSuccess(webhook -> Audit.concerns(context, webhook.tenant()));
  }

  /** Returns {@code webhook}; to a caller of another tenant it does not exist. */
  static SavedWebhook visible(SavedWebhook webhook, Principal caller) {
    if (!caller.mayActFor(webhook.tenant())) {
      throw WebhookRefusedException.noSuchWebhook();
    }
    return webhook;
  }

  static void send(RoutingContext context, int status, Future<JsonObject> answer) {
    answer
        .onSuccess(json -> JsonResponse.send(context, status, json))
        .onFailure(failure -> fail(context, failure));
  }

  /** The path parameter {@code name} as a number; anything else names nothing. */
  static long pathNumber(RoutingContext context, String name) {
    String text = context.pathParam(name);
    if (text == null || !text.matches("\\d{1,18}")) {
      throw ProblemException.notFound("no such webhook");
    }
    return Long.parseLong(text);
  }

  static void fail(RoutingContext context, Throwable failure) {
    if (failure instanceof InvalidWebhookException invalid) {
      List<JsonObject> errors =
          invalid.faults().stream()
              .map(fault -> Problem.fieldError(fault.pointer(), fault.message()))
              .toList();
      context.fail(
          new ProblemException(
              new Problem(
                  Kind.INVALID_WEBHOOK,
                  "nothing was saved; fix the fields listed in errors",
                  errors,
                  0)));
    } else if (failure instanceof WebhookRefusedException refused) {
      context.fail(new ProblemException(problem(refused)));
    } else if (failure instanceof ProblemException || failure instanceof InvalidNameException) {
      context.fail(failure);
    } else {
      JsonResponse.failFrom("Postgres", context, failure);
    }
  }

  private static Problem problem(WebhookRefusedException refused) {
    String detail = Reason.of(refused);
    return switch (refused.reason()) {
      case UNKNOWN -> Problem.of(Kind.NOT_FOUND, detail);
      case CHANGED -> Problem.of(Kind.PRECONDITION_FAILED, detail);
      case TOO_MANY ->
          Problem.later(Kind.TOO_MANY_REQUESTS, detail, ProblemException.LIMIT_RETRY_SECONDS);
      case BUSY -> Problem.later(Kind.TOO_MANY_REQUESTS, detail, RETRY_SECONDS);
      case URL -> Problem.of(Kind.URL_REFUSED, detail);
    };
  }
}
