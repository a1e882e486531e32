package dev.switchboard.api.webhooks;

import static dev.switchboard.api.webhooks.WebhookRequests.DEFAULT_PAGE;
import static dev.switchboard.api.webhooks.WebhookRequests.MAX_PAGE;
import static dev.switchboard.api.webhooks.WebhookRequests.ONE;
import static dev.switchboard.api.webhooks.WebhookRequests.ROOT;
import static dev.switchboard.api.webhooks.WebhookRequests.one;
import static dev.switchboard.api.webhooks.WebhookRequests.pathNumber;
import static dev.switchboard.api.webhooks.WebhookRequests.send;

import dev.switchboard.api.http.Access;
import dev.switchboard.api.http.Guard;
import dev.switchboard.api.http.ProblemException;
import dev.switchboard.api.http.RequestInput;
import dev.switchboard.api.http.RouteGroup;
import dev.switchboard.api.webhooks.WebhookRequests.Routes;
import dev.switchboard.auth.Principal;
import dev.switchboard.event.EventId;
import dev.switchboard.event.EventType;
import dev.switchboard.sessions.signin.QueryParameters;
import dev.switchboard.webhooks.admin.LogQuery;
import dev.switchboard.webhooks.admin.WebhookServices;
import dev.switchboard.webhooks.registry.WebhookRefusedException;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the log of attempts and its statistics, and queues logged deliveries again. */
final class WebhookLogRoutes implements RouteGroup {
  private static final int DEFAULT_HOURS = 24;
  private static final int MAX_HOURS = 30 * 24;
  private static final List<String> OUTCOMES =
      List.of("delivered", "retrying", "failed", "cancelled");

  private static final QueryParameters PARAMETERS =
      QueryParameters.ofSingle(
          "tenant_id",
          "status",
          "event",
          "error",
          "code",
          "event_id",
          "since",
          "until",
          "cursor",
          "limit",
          "hours");

  private final WebhookServices services;

  /** Over the services of the routes' event loop. */
  WebhookLogRoutes(WebhookServices services) {
    this.services = services;
  }

  @Override
  public void mount(Router router, Guard guard) {
    Routes routes = WebhookRequests.routes(router, guard);
    routes.add(HttpMethod.GET, ROOT + "/failed", this::failed);
    routes.add(HttpMethod.POST, ROOT + "/logs/:log/redeliver", this::redeliver);
    routes.add(HttpMethod.GET, ONE + "/logs", this::logs);
    routes.add(HttpMethod.GET, ONE + "/stats", this::stats);
    routes.add(HttpMethod.POST, ONE + "/recover", this::recover);
  }

  private void logs(RoutingContext context, Principal caller) {
    LogQuery query = query(context, RequestInput.parameter(context, "status"));
    send(
        context,
        200,
        one(context, caller, services)
            .compose(webhook -> services.attempts().attempts(webhook, query))
            .map(WebhookLogJson::page));
  }

  private void failed(RoutingContext context, Principal caller) {
    send(
        context,
        200,
        services
            .attempts()
            .givenUp(Access.queryTenantOrAll(context, caller), query(context, "failed"))
            .map(WebhookLogJson::page));
  }

  private void stats(RoutingContext context, Principal caller) {
    int hours = RequestInput.number(context, "hours", DEFAULT_HOURS, 1, MAX_HOURS);
    send(
        context,
        200,
        one(context, caller, services)
            .compose(webhook -> services.attempts().stats(webhook, hours))
            .map(WebhookLogJson::stats));
  }

  private void redeliver(RoutingContext context, Principal caller) {
    long log = pathNumber(context, "log");
    send(
        context,
        202,
        services
            .attempts()
            .webhookOfLog(log)
            .compose(
                webhook ->
                    caller.mayActFor(webhook.tenant())
                        ? services.attempts().redeliver(log)
                        : Future.failedFuture(WebhookRefusedException.noSuchLogRow()))
            .map(delivery -> new JsonObject().put("delivery_id", delivery)));
  }

  private void recover(RoutingContext context, Principal caller) {
    JsonObject body = RequestInput.json(context);
    ProblemException.refuseUnknown(body, "this request", List.of("since"));
    Instant since = instant("since", body.getValue("since"));
    if (since == null) {
      throw ProblemException.badRequest("give since, such as {\"since\":\"2026-01-31T00:00:00Z\"}");
    }
    send(
        context,
        202,
        one(context, caller, services)
            .compose(webhook -> services.attempts().recover(webhook, since))
            .map(WebhookLogJson::recovery));
  }

  static LogQuery query(RoutingContext context, @Nullable String outcome) {
    PARAMETERS.check(context.queryParams());
    if (outcome != null && !OUTCOMES.contains(outcome)) {
      throw ProblemException.badRequest("status must be one of " + String.join(", ", OUTCOMES));
    }
    String cursor = RequestInput.parameter(context, "cursor");
    LogQuery.Cursor before = cursor == null ? null : LogQuery.Cursor.parse(cursor);
    if (cursor != null && before == null) {
      throw ProblemException.badRequest("cursor must be the next of an earlier page");
    }
    String code = RequestInput.parameter(context, "code");
    String event = RequestInput.parameter(context, "event");
    String eventId = RequestInput.parameter(context, "event_id");
    return new LogQuery(
        outcome,
        event == null ? null : new EventType(event).value(),
        RequestInput.parameter(context, "error"),
        code == null ? null : RequestInput.number(context, "code", 0, 100, 599),
        eventId == null ? null : new EventId(eventId).value(),
        instant("since", RequestInput.parameter(context, "since")),
        instant("until", RequestInput.parameter(context, "until")),
        before,
        RequestInput.number(context, "limit", DEFAULT_PAGE, 1, MAX_PAGE));
  }

  /** ISO 8601, or seconds since 1970. */
  private static @Nullable Instant instant(String name, @Nullable Object given) {
    if (given == null) {
      return null;
    }
    try {
      Instant instant = parsed(given.toString());
      if (LogQuery.isInLog(instant)) {
        return instant;
      }
    } catch (DateTimeException notATime) {
      // Refused below.
    }
    throw ProblemException.badRequest(name + " must be a time such as 2026-01-31T00:00:00Z");
  }

  private static Instant parsed(String text) {
    return text.matches("\\d{1,11}")
        ? Instant.ofEpochSecond(Long.parseLong(text))
        : OffsetDateTime.parse(text).toInstant();
  }
}
