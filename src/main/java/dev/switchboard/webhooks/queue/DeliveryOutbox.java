package dev.switchboard.webhooks.queue;

import dev.switchboard.bus.HeldDeliveries;
import dev.switchboard.bus.Outbox;
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
 * The outbox in Postgres; stores the deliveries of many events in one statement. Belongs to one
 * event loop.
 *
 * <p>Which webhooks want an event is known from memory, so an event that no webhook wants costs
 * Postgres nothing and is accepted while Postgres is down.
 */
public final class DeliveryOutbox implements Outbox {
  private static final int MAX_EVENTS = 200;
  private static final int MAX_STATEMENTS = 2;
  private static final int MAX_WAITING = 20_000;

  private final TableSnapshot<WebhookSet> webhooks;
  private final WebhookMeters meters;
  private final Batcher<OutboxEntry, HeldDeliveries> batcher;

  public DeliveryOutbox(
      OutboxStore store, TableSnapshot<WebhookSet> webhooks, WebhookMeters meters) {
    this.webhooks = webhooks;
    this.meters = meters;
    this.batcher = new Batcher<>(store::store, MAX_EVENTS, MAX_STATEMENTS, MAX_WAITING);
  }

  @Override
  public Future<@Nullable HeldDeliveries> store(Event event, byte[] body, boolean minted) {
    WebhookSet known = webhooks.state();
    if (known == null) {
      return Future.failedFuture(new IllegalStateException("the webhooks are not loaded yet"));
    }
    List<Webhook> ofType = known.wanting(event.tenant(), event.type());
    Object payload = ofType.stream().anyMatch(Webhook::readsPayload) ? parse(event) : null;
    List<Webhook> wanting = ofType.stream().filter(webhook -> webhook.wants(payload)).toList();
    if (wanting.isEmpty()) {
      return Future.succeededFuture();
    }
    return batcher
        .add(new OutboxEntry(event, body, minted, wanting, payload))
        .onFailure(failure -> meters.failed(Step.HOLD))
        .map(held -> held);
  }

  private static @Nullable Object parse(Event event) {
    return Json.decodeValue(Buffer.buffer(event.payload().bytes()));
  }
}
