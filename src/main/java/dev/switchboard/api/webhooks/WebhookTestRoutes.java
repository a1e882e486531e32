package dev.switchboard.api.webhooks;

import static dev.switchboard.api.webhooks.WebhookRequests.ONE;
import static dev.switchboard.api.webhooks.WebhookRequests.ROOT;
import static dev.switchboard.api.webhooks.WebhookRequests.one;
import static dev.switchboard.api.webhooks.WebhookRequests.send;

import dev.switchboard.api.http.Access;
import dev.switchboard.api.http.Audit;
import dev.switchboard.api.http.Guard;
import dev.switchboard.api.http.ProblemException;
import dev.switchboard.api.http.RequestInput;
import dev.switchboard.api.http.RouteGroup;
import dev.switchboard.api.webhooks.WebhookRequests.Routes;
import dev.switchboard.auth.Principal;
import dev.switchboard.event.EventType;
import dev.switchboard.event.TenantId;
import dev.switchboard.ingest.parse.PayloadNormalizer;
import dev.switchboard.webhooks.admin.TestEvent;
import dev.switchboard.webhooks.admin.TestReport;
import dev.switchboard.webhooks.admin.WebhookServices;
import dev.switchboard.webhooks.format.InvalidTemplateException;
import dev.switchboard.webhooks.format.RequestBody;
import dev.switchboard.webhooks.registry.WebhookDraft;
import dev.switchboard.webhooks.registry.WebhookDraftReader;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.nio.charset.StandardCharsets;

/** Calls a saved webhook, or a URL that is not saved, with a test event. */
final class WebhookTestRoutes implements RouteGroup {
  private static final EventType TEST_EVENT = new EventType("webhook.test");
  private static final JsonObject TEST_PAYLOAD =
      new JsonObject().put("message", "This is a test call.");

  /** URL of a receiver that accepts any body. */
  private static final String NO_URL = "https://receiver.invalid/";

  private final CallerServices byCaller;
  private final WebhookServices services;

  /** Over the services of the routes' event loop. */
  WebhookTestRoutes(CallerServices byCaller) {
    this.byCaller = byCaller;
    this.services = byCaller.operators();
  }

  @Override
  public void mount(Router router, Guard guard) {
    Routes routes = WebhookRequests.routes(router, guard);
    routes.add(HttpMethod.POST, ROOT + "/test", this::testUnsaved);
    routes.add(HttpMethod.POST, ROOT + "/preview", this::preview);
    routes.add(HttpMethod.POST, ONE + "/test", this::test);
  }

  private void testUnsaved(RoutingContext context, Principal caller) {
    JsonObject body = RequestInput.json(context);
    TenantId tenant = Access.namedTenant(body.getValue("tenant_id"), caller);
    Audit.concerns(context, tenant);
    WebhookDraft draft = draft(body);
    TestEvent event = event(body);
    byCaller.countTest(context, caller, tenant);
    send(
        context,
        200,
        byCaller
            .of(context, caller)
            .tests()
            .test(tenant, draft, event)
            .map(report -> json(context, caller, report)));
  }

  private JsonObject json(RoutingContext context, Principal caller, TestReport report) {
    return WebhookLogJson.report(byCaller.trusts(context, caller) ? report : report.limited());
  }

  private static WebhookDraft draft(JsonObject body) {
    return WebhookDraftReader.read(
        new JsonObject()
            .put("name", "test")
            .put("url", body.getValue("url"))
            .put("timeout", body.getValue("timeout"))
            .put("headers", body.getValue("headers"))
            .put("secret", body.getValue("secret"))
            .put("format", body.getValue("format"))
            .put("template", body.getValue("template"))
            .put("content_type", body.getValue("content_type"))
            .put("client_certificate", body.getValue("client_certificate"))
            .put("client_key", body.getValue("client_key")));
  }

  /** Answers the body that an event would have; makes no call. */
  private void preview(RoutingContext context, Principal caller) {
    JsonObject body = RequestInput.json(context);
    TenantId tenant = Access.namedTenant(body.getValue("tenant_id"), caller);
    JsonObject settings = body.copy();
    if (settings.getValue("url") == null) {
      settings.put("url", NO_URL);
    }
    WebhookDraft draft = draft(settings);
    send(context, 200, Future.succeededFuture(preview(tenant, draft, event(body))));
  }

  private JsonObject preview(TenantId tenant, WebhookDraft draft, TestEvent event) {
    try {
      RequestBody request = services.tests().preview(tenant, draft, event);
      return new JsonObject()
          .put("format", draft.body().format().wireName())
          .put("format_reason", WebhookJson.reason(draft.body().choice()))
          .put("content_type", request.contentType())
          .put("body", new String(request.bytes(), StandardCharsets.UTF_8));
    } catch (InvalidTemplateException unusable) {
      throw ProblemException.badRequest(
          "the template " + unusable.getMessage() + " for this event");
    }
  }

  private void test(RoutingContext context, Principal caller) {
    TestEvent event = event(RequestInput.jsonOrEmpty(context));
    send(
        context,
        200,
        one(context, caller, services)
            .compose(
                webhook -> {
                  byCaller.countTest(context, caller, webhook.tenant());
                  return byCaller.of(context, caller).tests().test(webhook, event);
                })
            .map(report -> json(context, caller, report)));
  }

  private static TestEvent event(JsonObject body) {
    Object type = body.getValue("event");
    Object payload = body.getValue("payload", TEST_PAYLOAD);
    if (type != null && !(type instanceof String)) {
      throw ProblemException.badRequest("event must be an event type, such as call.incoming");
    }
    return new TestEvent(
        type == null ? TEST_EVENT : new EventType(type.toString()),
        PayloadNormalizer.normalize(Json.encodeToBuffer(payload).getBytes()));
  }
}
