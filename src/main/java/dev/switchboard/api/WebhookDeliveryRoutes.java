package dev.switchboard.api;

import static dev.switchboard.api.WebhookRequests.DEFAULT_PAGE;
import static dev.switchboard.api.WebhookRequests.MAX_PAGE;
import static dev.switchboard.api.WebhookRequests.ONE;
import static dev.switchboard.api.WebhookRequests.number;
import static dev.switchboard.api.WebhookRequests.one;
import static dev.switchboard.api.WebhookRequests.parameter;
import static dev.switchboard.api.WebhookRequests.pathNumber;
import static dev.switchboard.api.WebhookRequests.refusal;
import static dev.switchboard.api.WebhookRequests.send;

import dev.switchboard.api.Problem.Kind;
import dev.switchboard.api.WebhookRequests.Routes;
import dev.switchboard.auth.Principal;
import dev.switchboard.webhooks.admin.WebhookAdmin;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;

/** What a webhook is owed: shown and cancelled. */
final class WebhookDeliveryRoutes implements RouteGroup {
  private static final String OWED = ONE + "/deliveries";

  private final WebhookAdmin webhooks;

  /** Over what the event loop of the routes does with webhooks. */
  WebhookDeliveryRoutes(WebhookAdmin webhooks) {
    this.webhooks = webhooks;
  }

  /** Adds its routes. */
  @Override
  public void mount(Router router, Guard guard) {
    Routes routes = WebhookRequests.routes(router, guard);
    routes.add(HttpMethod.GET, OWED, this::owed);
    routes.add(HttpMethod.DELETE, OWED, this::cancelAll);
    routes.add(HttpMethod.DELETE, OWED + "/:delivery", this::cancel);
  }

  private void owed(RoutingContext context, Principal caller) {
    int most = number(context, "limit", DEFAULT_PAGE, 1, MAX_PAGE);
    String after = parameter(context, "after");
    if (after != null && !after.matches("\\d{1,18}")) {
      throw refusal(Kind.BAD_REQUEST, "after must be the next of an earlier page");
    }
    long last = after == null ? 0 : Long.parseLong(after);
    send(
        context,
        200,
        one(context, caller, webhooks).compose(it -> webhooks.owed().page(it, last, most)));
  }

  private void cancelAll(RoutingContext context, Principal caller) {
    send(context, 200, one(context, caller, webhooks).compose(webhooks.owed()::cancelAll));
  }

  private void cancel(RoutingContext context, Principal caller) {
    long delivery = pathNumber(context, "delivery");
    send(
        context,
        200,
        one(context, caller, webhooks).compose(it -> webhooks.owed().cancel(it, delivery)));
  }
}
