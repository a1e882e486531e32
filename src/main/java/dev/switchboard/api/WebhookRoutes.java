package dev.switchboard.api;

import static dev.switchboard.api.WebhookRequests.DEFAULT_PAGE;
import static dev.switchboard.api.WebhookRequests.MAX_PAGE;
import static dev.switchboard.api.WebhookRequests.ONE;
import static dev.switchboard.api.WebhookRequests.ROOT;
import static dev.switchboard.api.WebhookRequests.body;
import static dev.switchboard.api.WebhookRequests.bodyOrNothing;
import static dev.switchboard.api.WebhookRequests.fail;
import static dev.switchboard.api.WebhookRequests.number;
import static dev.switchboard.api.WebhookRequests.one;
import static dev.switchboard.api.WebhookRequests.refusal;
import static dev.switchboard.api.WebhookRequests.tenant;
import static dev.switchboard.api.WebhookRequests.tenantOrAll;

import dev.switchboard.api.Problem.Kind;
import dev.switchboard.api.WebhookRequests.Routes;
import dev.switchboard.auth.Principal;
import dev.switchboard.event.TenantId;
import dev.switchboard.webhooks.admin.WebhookAdmin;
import dev.switchboard.webhooks.registry.SavedWebhook;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;

/**
 * {@code /api/v1/webhooks}: the webhooks themselves; what stands below each has routes of its own.
 */
public final class WebhookRoutes implements RouteGroup {
  private final WebhookAdmin webhooks;

  /** Over what the event loop of the routes does with webhooks. */
  public WebhookRoutes(WebhookAdmin webhooks) {
    this.webhooks = webhooks;
  }

  /** Adds its routes. */
  @Override
  public void mount(Router router, Guard guard) {
    // These have words where others have a number, so they are looked at first.
    new WebhookTestRoutes(webhooks).mount(router, guard);
    new WebhookLogRoutes(webhooks).mount(router, guard);
    new WebhookDeliveryRoutes(webhooks).mount(router, guard);
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
    JsonObject body = body(context);
    TenantId tenant = tenant(caller, body.getValue("tenant_id"));
    answer(context, 201, webhooks.create(tenant, body));
  }

  private void list(RoutingContext context, Principal caller) {
    TenantId tenant = tenantOrAll(context, caller);
    int most = number(context, "limit", DEFAULT_PAGE, 1, MAX_PAGE);
    long after = number(context, "after", 0, 0, Integer.MAX_VALUE);
    webhooks
        .list(tenant, after, most)
        .onSuccess(
            page -> {
              JsonArray shown = new JsonArray();
              page.forEach(webhook -> shown.add(webhook.shown()));
              Long next = page.size() < most ? null : page.get(page.size() - 1).id();
              JsonResponse.send(
                  context, 200, new JsonObject().put("webhooks", shown).put("next", next));
            })
        .onFailure(failure -> fail(context, failure));
  }

  private void read(RoutingContext context, Principal caller) {
    answer(context, 200, one(context, caller, webhooks));
  }

  private void replace(RoutingContext context, Principal caller) {
    JsonObject body = body(context);
    answer(context, 200, matching(context, caller).compose(it -> webhooks.replace(it, body)));
  }

  private void change(RoutingContext context, Principal caller) {
    JsonObject body = body(context);
    answer(context, 200, matching(context, caller).compose(it -> webhooks.change(it, body)));
  }

  private void delete(RoutingContext context, Principal caller) {
    boolean conditional = context.request().getHeader("If-Match") != null;
    matching(context, caller)
        .compose(webhook -> webhooks.delete(webhook, conditional))
        .onSuccess(deleted -> context.response().setStatusCode(204).end().onFailure(gone -> {}))
        .onFailure(failure -> fail(context, failure));
  }

  private void rotate(RoutingContext context, Principal caller) {
    Object wanted = bodyOrNothing(context).getValue("secret");
    if (wanted != null
        && !(wanted instanceof String text && !text.isEmpty() && text.length() <= 512)) {
      throw refusal(Kind.BAD_REQUEST, "secret must be a text of 1 to 512 characters");
    }
    answer(
        context,
        200,
        matching(context, caller)
            .compose(webhook -> webhooks.rotateSecret(webhook, (String) wanted)));
  }

  private Future<SavedWebhook> matching(RoutingContext context, Principal caller) {
    String wanted = context.request().getHeader("If-Match");
    return one(context, caller, webhooks)
        .map(
            webhook -> {
              if (wanted != null && !wanted.equals("*") && !wanted.equals(tag(webhook))) {
                throw refusal(
                    Kind.PRECONDITION_FAILED, "the webhook changed meanwhile; read it again");
              }
              return webhook;
            });
  }

  private static String tag(SavedWebhook webhook) {
    return "\"" + webhook.version() + "\"";
  }

  private static void answer(RoutingContext context, int status, Future<SavedWebhook> webhook) {
    webhook
        .onSuccess(
            saved -> {
              context.response().putHeader("ETag", tag(saved));
              if (status == 201) {
                context.response().putHeader("Location", ROOT + "/" + saved.id());
              }
              JsonResponse.send(context, status, saved.shown());
            })
        .onFailure(failure -> fail(context, failure));
  }
}
