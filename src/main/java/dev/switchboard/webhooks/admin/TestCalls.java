package dev.switchboard.webhooks.admin;

import dev.switchboard.bus.ClaimedDelivery;
import dev.switchboard.config.Secret;
import dev.switchboard.event.EventId;
import dev.switchboard.event.EventType;
import dev.switchboard.event.TenantId;
import dev.switchboard.webhooks.admin.WebhookRefusedException.Reason;
import dev.switchboard.webhooks.call.SignedRequest;
import dev.switchboard.webhooks.call.WebhookCaller;
import dev.switchboard.webhooks.registry.SavedWebhook;
import dev.switchboard.webhooks.registry.Webhook;
import dev.switchboard.webhooks.registry.WebhookDraft;
import dev.switchboard.webhooks.registry.WebhookDraftReader;
import io.vertx.core.Future;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.UUID;

/**
 * Calls that somebody makes to see whether they arrive: by the same guard and on the same way as
 * deliveries, but neither owed nor logged. Belongs to one event loop.
 */
public final class TestCalls {
  private static final int MAX = 10;
  private static final EventType TEST_EVENT = new EventType("webhook.test");

  private final WebhookCaller caller;
  private final Clock clock;
  private int underWay;

  public TestCalls(WebhookCaller caller, Clock clock) {
    this.caller = caller;
    this.clock = clock;
  }

  /** Calls a saved webhook once, now, with a payload made up or given; nothing is logged. */
  public Future<JsonObject> test(SavedWebhook saved, JsonObject wish) {
    Webhook webhook = saved.callable();
    if (webhook == null) {
      return Future.failedFuture(
          new WebhookRefusedException(
              Reason.CHANGED, "the webhook's row can't be read; replace it first"));
    }
    return tryOut(webhook, wish);
  }

  /** Calls a URL that is not saved. */
  public Future<JsonObject> test(TenantId tenant, JsonObject wish) {
    JsonObject json =
        new JsonObject()
            .put("name", "test")
            .put("url", wish.getValue("url"))
            .put("timeout", wish.getValue("timeout"))
            .put("headers", wish.getValue("headers"))
            .put("secret", wish.getValue("secret"));
    WebhookDraft draft = WebhookDraftReader.read(json);
    Secret secret = draft.secret() == null ? Secret.NONE : draft.secret();
    Webhook webhook =
        new Webhook(
            0,
            tenant,
            draft.url(),
            List.of(),
            secret,
            true,
            0,
            Duration.ofSeconds(draft.timeout()));
    return tryOut(webhook, wish);
  }

  private Future<JsonObject> tryOut(Webhook webhook, JsonObject wish) {
    if (underWay >= MAX) {
      return Future.failedFuture(
          new WebhookRefusedException(Reason.BUSY, "too many test calls are under way"));
    }
    SignedRequest request = SignedRequest.of(made(webhook, wish), webhook, clock.instant());
    underWay++;
    return caller
        .call(request)
        .onComplete(done -> underWay--)
        .map(attempt -> TestReport.of(request, attempt, webhook));
  }

  private ClaimedDelivery made(Webhook webhook, JsonObject wish) {
    Object payload =
        wish.getValue("payload", new JsonObject().put("message", "This is a test call."));
    Object event = wish.getValue("event");
    EventType type = event == null ? TEST_EVENT : new EventType(event.toString());
    String envelope = "\"type\":\"" + type + "\",\"payload\":" + Json.encode(payload) + "}";
    return new ClaimedDelivery(
        0,
        new UUID(0, 0),
        webhook.id(),
        webhook.tenant(),
        new EventId("test-" + UUID.randomUUID()),
        type,
        clock.instant(),
        1,
        0,
        true,
        envelope.getBytes(StandardCharsets.UTF_8),
        Long.MAX_VALUE);
  }
}
