package dev.switchboard.api;

import static java.util.Objects.requireNonNull;

import dev.switchboard.api.Problem.Kind;
import dev.switchboard.auth.Principal;
import dev.switchboard.auth.Scope;
import dev.switchboard.event.InvalidNameException;
import dev.switchboard.event.TenantId;
import dev.switchboard.webhooks.admin.WebhookServices;
import dev.switchboard.webhooks.registry.InvalidWebhookException;
import dev.switchboard.webhooks.registry.SavedWebhook;
import dev.switchboard.webhooks.registry.WebhookRefusedException;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

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
      if (!caller.has(Scope.WEBHOOKS)) {
        throw refusal(Kind.FORBIDDEN, "this needs the scope " + Scope.WEBHOOKS);
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
        .map(webhook -> visible(webhook, caller));
  }

  /** Returns {@code webhook}; to a caller of another tenant it does not exist. */
  static SavedWebhook visible(SavedWebhook webhook, Principal caller) {
    if (!caller.mayActFor(webhook.tenant())) {
      throw refusal(Kind.NOT_FOUND, "there is no such webhook");
    }
    return webhook;
  }

  static void send(RoutingContext context, int status, Future<JsonObject> answer) {
    answer
        .onSuccess(json -> JsonResponse.send(context, status, json))
        .onFailure(failure -> fail(context, failure));
  }

  /** The tenant {@code given}, or the caller's own if none is. */
  static TenantId tenant(Principal caller, @Nullable Object given) {
    TenantId own = ownTenant(caller);
    if (given == null && own == null) {
      throw refusal(Kind.BAD_REQUEST, "this caller acts for every tenant: give tenant_id");
    }
    if (given == null) {
      return requireNonNull(own);
    }
    if (!(given instanceof String text)) {
      throw refusal(Kind.BAD_REQUEST, "tenant_id must be a string");
    }
    TenantId tenant = new TenantId(text);
    if (!caller.mayActFor(tenant)) {
      throw refusal(Kind.FORBIDDEN, "the caller may not act for this tenant");
    }
    return tenant;
  }

  private static @Nullable TenantId ownTenant(Principal caller) {
    return caller instanceof Principal.User user
        ? user.tenant()
        : ((Principal.Service) caller).tenant();
  }

  /** The tenant of the query, or the caller's own; null: every tenant. */
  static @Nullable TenantId tenantOrAll(RoutingContext context, Principal caller) {
    String given = parameter(context, "tenant_id");
    return given == null ? ownTenant(caller) : tenant(caller, given);
  }

  /** The query parameter {@code name}; null if it is missing. */
  static @Nullable String parameter(RoutingContext context, String name) {
    List<String> values = context.queryParam(name);
    return values.isEmpty() ? null : values.get(0);
  }

  /** The query parameter {@code name} as a number within bounds; {@code missing} without it. */
  static int number(RoutingContext context, String name, int missing, int min, int max) {
    String text = parameter(context, name);
    if (text == null) {
      return missing;
    }
    if (text.matches("\\d{1,9}")) {
      int number = Integer.parseInt(text);
      if (number >= min && number <= max) {
        return number;
      }
    }
    throw refusal(Kind.BAD_REQUEST, name + " must be a whole number from " + min + " to " + max);
  }

  /** The path parameter {@code name} as a number; anything else names nothing. */
  static long pathNumber(RoutingContext context, String name) {
    String text = context.pathParam(name);
    if (text == null || !text.matches("\\d{1,18}")) {
      throw refusal(Kind.NOT_FOUND, "there is no such webhook");
    }
    return Long.parseLong(text);
  }

  static JsonObject body(RoutingContext context) {
    try {
      JsonObject body = context.body().asJsonObject();
      if (body != null) {
        return body;
      }
    } catch (DecodeException | ClassCastException notAnObject) {
      // Answered below.
    }
    throw refusal(Kind.BAD_REQUEST, "send a JSON object");
  }

  static JsonObject bodyOrNothing(RoutingContext context) {
    return context.body() == null || context.body().length() <= 0
        ? new JsonObject()
        : body(context);
  }

  static ProblemException refusal(Kind kind, String detail) {
    return new ProblemException(Problem.of(kind, detail));
  }

  static void fail(RoutingContext context, Throwable failure) {
    if (failure instanceof InvalidWebhookException invalid) {
      List<JsonObject> errors =
          invalid.faults().stream()
              .map(f -> new JsonObject().put("pointer", f.pointer()).put("detail", f.message()))
              .toList();
      context.fail(
          new ProblemException(
              new Problem(
                  Kind.INVALID_WEBHOOK, "nothing was saved; fix the listed fields", errors, 0)));
    } else if (failure instanceof WebhookRefusedException refused) {
      context.fail(new ProblemException(problem(refused)));
    } else if (failure instanceof ProblemException || failure instanceof InvalidNameException) {
      context.fail(failure);
    } else {
      context.fail(
          new ProblemException(
              Problem.later(
                  Kind.UNAVAILABLE, "the webhooks' database is out of reach", RETRY_SECONDS)));
    }
  }

  private static Problem problem(WebhookRefusedException refused) {
    String detail = String.valueOf(refused.getMessage());
    return switch (refused.reason()) {
      case UNKNOWN -> Problem.of(Kind.NOT_FOUND, detail);
      case CHANGED -> Problem.of(Kind.PRECONDITION_FAILED, detail);
      case TOO_MANY -> Problem.of(Kind.TOO_MANY_REQUESTS, detail);
      case BUSY -> Problem.later(Kind.TOO_MANY_REQUESTS, detail, RETRY_SECONDS);
      case URL -> Problem.of(Kind.URL_REFUSED, detail);
    };
  }
}
