package dev.switchboard.webhooks.admin;

import static java.util.Objects.requireNonNull;

import dev.switchboard.bus.WebhookSignal.ReceiverAnswered;
import dev.switchboard.config.Secret;
import dev.switchboard.event.EventId;
import dev.switchboard.event.TenantId;
import dev.switchboard.redis.WebhookSignals;
import dev.switchboard.webhooks.call.CallRequest;
import dev.switchboard.webhooks.call.SignedRequest;
import dev.switchboard.webhooks.call.WebhookCaller;
import dev.switchboard.webhooks.format.InvalidTemplateException;
import dev.switchboard.webhooks.format.RequestBody;
import dev.switchboard.webhooks.registry.RowFaults;
import dev.switchboard.webhooks.registry.SavedWebhook;
import dev.switchboard.webhooks.registry.Webhook;
import dev.switchboard.webhooks.registry.WebhookDraft;
import dev.switchboard.webhooks.registry.WebhookOptions;
import dev.switchboard.webhooks.registry.WebhookRefusedException;
import dev.switchboard.webhooks.registry.WebhookRefusedException.Reason;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls webhooks with test events, through the same guard and in the same way as deliveries; they
 * are neither queued nor logged. Belongs to one event loop.
 */
public final class TestCalls {
  private static final Logger log = LoggerFactory.getLogger(TestCalls.class);
  private static final int MAX_IN_FLIGHT = 10;

  private final WebhookCaller caller;
  private final WebhookSignals signals;
  private final Clock clock;
  private int inFlight;

  TestCalls(WebhookCaller caller, WebhookSignals signals, Clock clock) {
    this.caller = caller;
    this.signals = signals;
    this.clock = clock;
  }

  /** Calls a saved webhook once, now; if that is answered, its circuit breakers close. */
  public Future<TestReport> test(SavedWebhook saved, TestEvent event) {
    Webhook webhook = saved.callable();
    if (webhook == null) {
      return Future.failedFuture(
          new WebhookRefusedException(
              Reason.CHANGED, "the webhook's row can't be used; correct what problems lists"));
    }
    return call(webhook, event)
        .onSuccess(
            report -> {
              if (report.delivered()) {
                closeBreakers(webhook);
              }
            });
  }

  private void closeBreakers(Webhook webhook) {
    signals
        .send(new ReceiverAnswered(webhook.tenant(), webhook.id()))
        .onFailure(
            failure ->
                log.atDebug()
                    .addKeyValue("webhookId", webhook.id())
                    .addKeyValue("reason", dev.switchboard.event.Reason.of(failure))
                    .log("Can't signal that a test call was answered; breakers stay open"));
  }

  /** Calls the URL of {@code draft}, which is not saved, once, now. */
  public Future<TestReport> test(TenantId tenant, WebhookDraft draft, TestEvent event) {
    return call(webhook(tenant, draft), event);
  }

  /** Makes the body that a webhook with the settings of {@code draft} would send; makes no call. */
  public RequestBody preview(TenantId tenant, WebhookDraft draft, TestEvent event) {
    Webhook webhook = webhook(tenant, draft);
    SignedRequest signed = caller.sign(request(webhook, event), webhook);
    return new RequestBody(requireNonNull(signed.headers().get("Content-Type")), signed.body());
  }

  private static Webhook webhook(TenantId tenant, WebhookDraft draft) {
    Secret secret = draft.secret() == null ? Secret.NONE : draft.secret();
    return new Webhook(
        0,
        tenant,
        draft.url(),
        List.of(),
        secret,
        true,
        0,
        draft.timeout(),
        WebhookOptions.NONE.with(
            draft.body(),
            draft.clientCertificate() instanceof WebhookDraft.Given given
                ? given.certificate()
                : null),
        RowFaults.NONE);
  }

  private Future<TestReport> call(Webhook webhook, TestEvent event) {
    if (inFlight >= MAX_IN_FLIGHT) {
      return Future.failedFuture(
          new WebhookRefusedException(Reason.BUSY, "too many test calls are in flight"));
    }
    SignedRequest signed;
    try {
      signed = caller.sign(request(webhook, event), webhook);
    } catch (InvalidTemplateException unusable) {
      return Future.failedFuture(
          new WebhookRefusedException(
              Reason.CHANGED, "the template " + unusable.getMessage() + " for this event"));
    }
    inFlight++;
    return caller
        .call(signed)
        .onComplete(done -> inFlight--)
        .map(attempt -> TestReport.of(signed, attempt, webhook));
  }

  private CallRequest request(Webhook webhook, TestEvent event) {
    String payload = new String(event.payload().bytes(), StandardCharsets.UTF_8);
    String envelope = "\"type\":\"" + event.type() + "\",\"payload\":" + payload + "}";
    return new CallRequest(
        webhook.id(),
        webhook.tenant(),
        new EventId("test-" + UUID.randomUUID()),
        event.type(),
        clock.instant(),
        1,
        envelope.getBytes(StandardCharsets.UTF_8));
  }
}
