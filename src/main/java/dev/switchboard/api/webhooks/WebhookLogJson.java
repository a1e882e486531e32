package dev.switchboard.api.webhooks;

import static dev.switchboard.api.webhooks.WebhookJson.time;

import dev.switchboard.webhooks.admin.AttemptPage;
import dev.switchboard.webhooks.admin.Cancellation;
import dev.switchboard.webhooks.admin.LoggedAttempt;
import dev.switchboard.webhooks.admin.PendingDelivery;
import dev.switchboard.webhooks.admin.Recovery;
import dev.switchboard.webhooks.admin.TestReport;
import dev.switchboard.webhooks.admin.WebhookStats;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;

/** Attempts, pending deliveries and statistics of webhooks in the JSON of the HTTP API. */
final class WebhookLogJson {
  private WebhookLogJson() {}

  static JsonObject page(AttemptPage page) {
    JsonArray logs = new JsonArray();
    page.attempts().forEach(attempt -> logs.add(attempt(attempt)));
    return new JsonObject()
        .put("logs", logs)
        .put("next", page.next() == null ? null : page.next().toString());
  }

  private static JsonObject attempt(LoggedAttempt attempt) {
    return new JsonObject()
        .put("id", attempt.id())
        .put("webhook_id", attempt.webhook())
        .put("tenant_id", attempt.tenant())
        .put("delivery_id", attempt.delivery())
        .put("event_id", attempt.eventId())
        .put("event", attempt.event())
        .put("payload", attempt.payload())
        .put("response_code", attempt.responseCode())
        .put("response_body", attempt.responseBody())
        .put("error", attempt.error())
        .put("duration_ms", attempt.durationMillis())
        .put("attempt", attempt.attempt())
        .put("outcome", attempt.outcome())
        .put("created_at", time(attempt.createdAt()));
  }

  static JsonObject page(PendingDelivery.Page page) {
    JsonArray deliveries = new JsonArray();
    page.deliveries().forEach(delivery -> deliveries.add(delivery(delivery)));
    return new JsonObject().put("deliveries", deliveries).put("next", page.next());
  }

  private static JsonObject delivery(PendingDelivery delivery) {
    return new JsonObject()
        .put("id", delivery.id())
        .put("event_id", delivery.eventId())
        .put("event", delivery.event())
        .put("state", delivery.state())
        .put("attempt", delivery.attempt())
        .put("failures", delivery.failures())
        .put("asked_again", delivery.requeued())
        .put("cancelled", delivery.cancelled())
        .put("accepted_at", time(delivery.acceptedAt()))
        .put("due_at", time(delivery.dueAt()));
  }

  /** The result of cancelling one delivery. */
  static JsonObject cancelledOne(Cancellation cancelled) {
    return new JsonObject()
        .put("cancelled", cancelled.waiting())
        .put("under_way", cancelled.inFlight());
  }

  /** The result of cancelling all deliveries. */
  static JsonObject cancelledAll(Cancellation cancelled) {
    return cancelledOne(cancelled).put("more", cancelled.more());
  }

  static JsonObject recovery(Recovery recovery) {
    return new JsonObject().put("queued", recovery.queued()).put("more", recovery.more());
  }

  static JsonObject stats(WebhookStats stats) {
    return counts(stats.total())
        .put("given_up", stats.givenUp())
        .put("success_rate", stats.total().successRate())
        .put("duration_ms", durations(stats.durations()))
        .put("webhook_id", stats.webhook())
        .put("hours", stats.hours())
        .put("owed", stats.pending())
        .put("next_due_at", time(stats.nextDue()))
        .put("breaker", WebhookJson.breaker(stats.breaker()))
        .put("by_hour", byHour(stats))
        .put("by_error", byError(stats));
  }

  private static JsonObject counts(WebhookStats.Count count) {
    return new JsonObject().put("attempts", count.attempts()).put("successful", count.successful());
  }

  private static JsonObject durations(WebhookStats.Durations durations) {
    return new JsonObject()
        .put("p50", durations.p50())
        .put("p90", durations.p90())
        .put("p95", durations.p95())
        .put("p99", durations.p99());
  }

  private static JsonArray byHour(WebhookStats stats) {
    JsonArray hours = new JsonArray();
    stats
        .byHour()
        .forEach(
            hour ->
                hours.add(
                    new JsonObject()
                        .put("hour", time(hour.begin()))
                        .mergeIn(counts(hour.count()))
                        .put("success_rate", hour.count().successRate())));
    return hours;
  }

  private static JsonObject byError(WebhookStats stats) {
    JsonObject errors = new JsonObject();
    stats.byError().forEach(errors::put);
    return errors;
  }

  static JsonObject report(TestReport report) {
    return new JsonObject()
        .put("ok", report.delivered())
        .put("status", report.status())
        .put("duration_ms", report.durationMillis())
        .put("error", report.error())
        .put("response", response(report.response()))
        .put("request", request(report.request()))
        .put("signed", signed(report));
  }

  private static JsonObject response(TestReport.Response response) {
    JsonArray headers = new JsonArray();
    response
        .headers()
        .forEach(
            header ->
                headers.add(
                    new JsonObject().put("name", header.getKey()).put("value", header.getValue())));
    return new JsonObject().put("headers", headers).put("body", response.body());
  }

  private static JsonObject request(TestReport.Request request) {
    JsonObject headers = new JsonObject();
    request.headers().forEach(headers::put);
    return new JsonObject().put("headers", headers).put("body", request.body());
  }

  private static JsonObject signed(TestReport report) {
    JsonObject signed = new JsonObject();
    report.signed().forEach(signed::put);
    return signed;
  }
}
