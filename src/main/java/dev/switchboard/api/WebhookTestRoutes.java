package dev.switchboard.api;

import static dev.switchboard.api.WebhookRequests.ONE;
import static dev.switchboard.api.WebhookRequests.ROOT;
import static dev.switchboard.api.WebhookRequests.body;
import static dev.switchboard.api.WebhookRequests.bodyOrNothing;
import static dev.switchboard.api.WebhookRequests.one;
import static dev.switchboard.api.WebhookRequests.send;
import static dev.switchboard.api.WebhookRequests.tenant;

import dev.switchboard.api.WebhookRequests.Routes;
import dev.switchboard.auth.Principal;
import dev.switchboard.webhooks.admin.WebhookAdmin;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;

/** Calls of a webhook, or of a URL that is to become one, made to see whether they arrive. */
final class WebhookTestRoutes implements RouteGroup {
  private final WebhookAdmin webhooks;

  /** Over what the event loop of the routes does with webhooks. */
  WebhookTestRoutes(WebhookAdmin webhooks) {
    this.webhooks = webhooks;
  }

  /** Adds its routes. */
  @Override
  public void mount(Router router, Guard guard) {
    Routes routes = WebhookRequests.routes(router, guard);
    routes.add(HttpMethod.POST, ROOT + "/test", this::testUnsaved);
    routes.add(HttpMethod.POST, ONE + "/test", this::test);
  }

  private void testUnsaved(RoutingContext context, Principal caller) {
    JsonObject body = body(context);
    send(context, 200, webhooks.trials().test(tenant(caller, body.getValue("tenant_id")), body));
  }

  private void test(RoutingContext context, Principal caller) {
    JsonObject body = bodyOrNothing(context);
    send(
        context,
        200,
        one(context, caller, webhooks).compose(webhook -> webhooks.trials().test(webhook, body)));
  }
}
