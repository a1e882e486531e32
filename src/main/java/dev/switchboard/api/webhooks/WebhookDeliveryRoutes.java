package dev.switchboard.api.webhooks;

import static dev.switchboard.api.webhooks.WebhookRequests.DEFAULT_PAGE;
import static dev.switchboard.api.webhooks.WebhookRequests.MAX_PAGE;
import static dev.switchboard.api.webhooks.WebhookRequests.ONE;
import static dev.switchboard.api.webhooks.WebhookRequests.one;
import static dev.switchboard.api.webhooks.WebhookRequests.pathNumber;
import static dev.switchboard.api.webhooks.WebhookRequests.send;

import dev.switchboard.api.http.Guard;
import dev.switchboard.api.http.ProblemException;
import dev.switchboard.api.http.RequestInput;
import dev.switchboard.api.http.RouteGroup;
import dev.switchboard.api.webhooks.WebhookRequests.Routes;
import dev.switchboard.auth.Principal;
import dev.switchboard.sessions.signin.QueryParameters;
import dev.switchboard.webhooks.admin.WebhookServices;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;

/** {@code …/deliveries}: reads and cancels the pending deliveries of a webhook. */
final class WebhookDeliveryRoutes implements RouteGroup {
  private static final String PENDING = ONE + "/deliveries";

  private static final QueryParameters PARAMETERS = QueryParameters.ofSingle("limit", "after");

  private final WebhookServices services;

  /** Over the services of the routes' event loop. */
  WebhookDeliveryRoutes(WebhookServices services) {
    this.services = services;
  }

  @Override
  public void mount(Router router, Guard guard) {
    Routes routes = WebhookRequests.routes(router, guard);
    routes.add(HttpMethod.GET, PENDING, this::list);
    routes.add(HttpMethod.DELETE, PENDING, this::cancelAll);
    routes.add(HttpMethod.DELETE, PENDING + "/:delivery", this::cancel);
  }

  private void list(RoutingContext context, Principal caller) {
    PARAMETERS.check(context.queryParams());
    int limit = RequestInput.number(context, "limit", DEFAULT_PAGE, 1, MAX_PAGE);
    String after = RequestInput.parameter(context, "after");
    if (after != null && !after.matches("\\d{1,18}")) {
      throw ProblemException.badRequest("after must be the next of an earlier page");
    }
    long last = after == null ? 0 : Long.parseLong(after);
    send(
        context,
        200,
        one(context, caller, services)
            .compose(webhook -> services.pending().page(webhook, last, limit))
            .map(WebhookLogJson::page));
  }

  private void cancelAll(RoutingContext context, Principal caller) {
    send(
        context,
        200,
        one(context, caller, services)
            .compose(services.pending()::cancelAll)
            .map(WebhookLogJson::cancelledAll));
  }

  private void cancel(RoutingContext context, Principal caller) {
    long delivery = pathNumber(context, "delivery");
    send(
        context,
        200,
        one(context, caller, services)
            .compose(webhook -> services.pending().cancel(webhook, delivery))
            .map(WebhookLogJson::cancelledOne));
  }
}
