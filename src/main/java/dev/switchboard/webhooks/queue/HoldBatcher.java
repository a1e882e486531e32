package dev.switchboard.webhooks.queue;

import dev.switchboard.bus.HeldDeliveries;
import dev.switchboard.event.Event;
import dev.switchboard.postgres.Batcher;
import dev.switchboard.postgres.TableSnapshot;
import dev.switchboard.webhooks.registry.Webhook;
import dev.switchboard.webhooks.registry.WebhookSet;
import dev.switchboard.webhooks.report.WebhookMeters;
import dev.switchboard.webhooks.report.WebhookMeters.Step;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Commits what events owe, many in one statement. One per event loop that accepts events.
 *
 * <p>Which webhooks want an event is known from memory, so an event that owes nothing costs
 * Postgres nothing and flows on while Postgres is down.
 */
public final class HoldBatcher {
  private static final int MAX_EVENTS = 200;
  private static final int MAX_STATEMENTS = 2;
  private static final int MAX_WAITING = 20_000;

  private final TableSnapshot<WebhookSet> webhooks;
  private final WebhookMeters meters;
  private final Batcher<HeldEvent, HeldDeliveries> batcher;

  public HoldBatcher(HoldStore store, TableSnapshot<WebhookSet> webhooks, WebhookMeters meters) {
    this.webhooks = webhooks;
    this.meters = meters;
    this.batcher = new Batcher<>(store::hold, MAX_EVENTS, MAX_STATEMENTS, MAX_WAITING);
  }

  /** Commits what the event owes; null at once if nothing. */
  public Future<@Nullable HeldDeliveries> hold(Event event, byte[] tail, boolean minted) {
    WebhookSet known = webhooks.state();
    if (known == null) {
      return Future.failedFuture(new IllegalStateException("the webhooks are not loaded yet"));
    }
    List<Webhook> asking = known.wanting(event.tenant(), event.type());
    Object payload = asking.stream().anyMatch(Webhook::readsPayload) ? parse(event) : null;
    List<Webhook> wanting = asking.stream().filter(webhook -> webhook.wants(payload)).toList();
    if (wanting.isEmpty()) {
      return Future.succeededFuture();
    }
    return batcher
        .add(new HeldEvent(event, tail, minted, wanting, payload))
        .onFailure(failure -> meters.failed(Step.HOLD))
        .map(heldEvent -> heldEvent);
  }

  private static @Nullable Object parse(Event event) {
    return Json.decodeValue(Buffer.buffer(event.payload().bytes()));
  }
}
