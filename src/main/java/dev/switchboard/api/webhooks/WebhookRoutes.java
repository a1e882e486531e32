package dev.switchboard.api.webhooks;

import static dev.switchboard.api.webhooks.WebhookRequests.DEFAULT_PAGE;
import static dev.switchboard.api.webhooks.WebhookRequests.MAX_PAGE;
import static dev.switchboard.api.webhooks.WebhookRequests.ONE;
import static dev.switchboard.api.webhooks.WebhookRequests.ROOT;
import static dev.switchboard.api.webhooks.WebhookRequests.fail;
import static dev.switchboard.api.webhooks.WebhookRequests.one;

import dev.switchboard.api.http.Access;
import dev.switchboard.api.http.Audit;
import dev.switchboard.api.http.Guard;
import dev.switchboard.api.http.JsonResponse;
import dev.switchboard.api.http.Problem.Kind;
import dev.switchboard.api.http.ProblemException;
import dev.switchboard.api.http.RequestInput;
import dev.switchboard.api.http.RouteGroup;
import dev.switchboard.api.webhooks.WebhookRequests.Routes;
import dev.switchboard.auth.Principal;
import dev.switchboard.config.Secret;
import dev.switchboard.event.TenantId;
import dev.switchboard.sessions.signin.QueryParameters;
import dev.switchboard.webhooks.admin.ChangedWebhook;
import dev.switchboard.webhooks.admin.WebhookServices;
import dev.switchboard.webhooks.registry.SavedWebhook;
import dev.switchboard.webhooks.registry.WebhookDraft;
import dev.switchboard.webhooks.registry.WebhookDraftReader;
import dev.switchboard.webhooks.registry.WebhookRefusedException;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * {@code /api/v1/webhooks}: the webhooks themselves. Paths below a single webhook have route groups
 * of their own.
 */
public final class WebhookRoutes implements RouteGroup {
  private static final QueryParameters PARAMETERS =
      QueryParameters.ofSingle("tenant_id", "limit", "after");

  /** How often a change is made again that others overtook. */
  private static final int MAX_REPEATS = 10;

  private final CallerServices byCaller;
  private final WebhookServices services;

  /** Over the services of the routes' event loop. */
  public WebhookRoutes(CallerServices byCaller) {
    this.byCaller = byCaller;
    this.services = byCaller.operators();
  }

  @Override
  public void mount(Router router, Guard guard) {
    // Mounted first: some of their paths have a literal segment where a webhook's path has its id.
    new WebhookTestRoutes(byCaller).mount(router, guard);
    new WebhookLogRoutes(services).mount(router, guard);
    new WebhookDeliveryRoutes(services).mount(router, guard);
    Routes routes = WebhookRequests.routes(router, guard);
    routes.add(HttpMethod.POST, ROOT, this::create);
    routes.add(HttpMethod.GET, ROOT, this::list);
    routes.add(HttpMethod.GET, ONE, this::read);
    routes.add(HttpMethod.PUT, ONE, this::replace);
    routes.add(HttpMethod.PATCH, ONE, this::change);
    routes.add(HttpMethod.DELETE, ONE, this::delete);
    routes.add(HttpMethod.POST, ONE + "/rotate-secret", this::rotate);
  }

  private void create(RoutingContext context, Principal caller) {
    JsonObject body = RequestInput.json(context);
    TenantId tenant = Access.namedTenant(body.getValue("tenant_id"), caller);
    Audit.concerns(context, tenant);
    answerChanged(
        context,
        201,
        byCaller.of(context, caller).webhooks().create(tenant, WebhookDraftReader.read(body)));
  }

  private void list(RoutingContext context, Principal caller) {
    PARAMETERS.check(context.queryParams());
    TenantId tenant = Access.queryTenantOrAll(context, caller);
    int limit = RequestInput.number(context, "limit", DEFAULT_PAGE, 1, MAX_PAGE);
    long after = RequestInput.id(context, "after");
    services
        .webhooks()
        .list(tenant, after, limit)
        .onSuccess(page -> JsonResponse.send(context, 200, WebhookJson.webhooks(page)))
        .onFailure(failure -> fail(context, failure));
  }

  private void read(RoutingContext context, Principal caller) {
    answer(context, 200, one(context, caller, services), saved -> saved, WebhookJson::webhook);
  }

  private void replace(RoutingContext context, Principal caller) {
    JsonObject body = RequestInput.json(context);
    change(context, caller, webhook -> WebhookDraftReader.read(body));
  }

  /** A URL that stays was judged when it was saved, perhaps by an operator. */
  private Future<ChangedWebhook> replace(
      RoutingContext context, Principal caller, SavedWebhook before, WebhookDraft draft) {
    boolean sameUrl = draft.url().equals(before.settings().url());
    WebhookServices judge = sameUrl ? services : byCaller.of(context, caller);
    return judge.webhooks().replace(before, draft);
  }

  private void change(RoutingContext context, Principal caller) {
    JsonObject body = RequestInput.json(context);
    change(context, caller, webhook -> WebhookDraftReader.read(WebhookJson.patched(webhook, body)));
  }

  private void change(
      RoutingContext context, Principal caller, Function<SavedWebhook, WebhookDraft> draft) {
    Supplier<Future<ChangedWebhook>> change =
        () ->
            matching(context, caller)
                .compose(webhook -> replace(context, caller, webhook, draft.apply(webhook)));
    answerChanged(context, 200, unlessOvertaken(context, MAX_REPEATS, change));
  }

  /** A change without a condition that another overtook is made again, on what that one left. */
  private static Future<ChangedWebhook> unlessOvertaken(
      RoutingContext context, int repeats, Supplier<Future<ChangedWebhook>> change) {
    return change
        .get()
        .recover(
            failure ->
                repeats > 0 && !isConditional(context) && isOvertaken(failure)
                    ? unlessOvertaken(context, repeats - 1, change)
                    : Future.failedFuture(failure));
  }

  private static boolean isConditional(RoutingContext context) {
    return context.request().getHeader("If-Match") != null;
  }

  private static boolean isOvertaken(Throwable failure) {
    return failure instanceof WebhookRefusedException refused
        && refused.reason() == WebhookRefusedException.Reason.CHANGED;
  }

  private void delete(RoutingContext context, Principal caller) {
    matching(context, caller)
        .compose(webhook -> services.webhooks().delete(webhook, isConditional(context)))
        .onSuccess(deleted -> JsonResponse.sendNoContent(context))
        .onFailure(failure -> fail(context, failure));
  }

  private void rotate(RoutingContext context, Principal caller) {
    JsonObject body = RequestInput.jsonOrEmpty(context);
    ProblemException.refuseUnknown(body, "this request", List.of("secret"));
    Secret secret = WebhookDraftReader.readSecret(body);
    answerChanged(
        context,
        200,
        matching(context, caller)
            .compose(webhook -> services.webhooks().rotateSecret(webhook, secret)));
  }

  private Future<SavedWebhook> matching(RoutingContext context, Principal caller) {
    List<String> wanted =
        context.request().headers().getAll("If-Match").stream()
            .flatMap(field -> Stream.of(field.split(",")))
            .map(String::trim)
            .toList();
    return one(context, caller, services)
        .map(
            webhook -> {
              if (!wanted.isEmpty() && !wanted.contains("*") && !wanted.contains(tag(webhook))) {
                throw ProblemException.of(
                    Kind.PRECONDITION_FAILED, "the webhook changed meanwhile; read it again");
              }
              return webhook;
            });
  }

  private static String tag(SavedWebhook webhook) {
    return "\"" + webhook.version() + "\"";
  }

  private static void answerChanged(
      RoutingContext context, int status, Future<ChangedWebhook> changed) {
    answer(context, status, changed, ChangedWebhook::webhook, WebhookJson::changed);
  }

  /** Answers with the JSON of {@code result} and the version of its webhook. */
  private static <T> void answer(
      RoutingContext context,
      int status,
      Future<T> result,
      Function<T, SavedWebhook> webhook,
      Function<T, JsonObject> json) {
    result
        .onSuccess(
            it -> {
              SavedWebhook saved = webhook.apply(it);
              context.response().putHeader("ETag", tag(saved));
              if (status == 201) {
                context.response().putHeader("Location", ROOT + "/" + saved.id());
              }
              JsonResponse.send(context, status, json.apply(it));
            })
        .onFailure(failure -> fail(context, failure));
  }
}
