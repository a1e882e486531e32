package dev.switchboard.webhooks.queue;

import dev.switchboard.bus.HeldDeliveries;
import dev.switchboard.bus.Outbox;
import dev.switchboard.event.Event;
import dev.switchboard.postgres.Batcher;
import dev.switchboard.postgres.TableSnapshot;
import dev.switchboard.webhooks.registry.WebhookSet;
import dev.switchboard.webhooks.report.UndecidedFilters;
import dev.switchboard.webhooks.report.WebhookMeters;
import dev.switchboard.webhooks.report.WebhookMeters.Step;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
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
  private static final int MAX_WAITING = 20_000;

  private final TableSnapshot<WebhookSet> webhooks;
  private final WebhookMeters meters;
  private final UndecidedFilters undecided;
  private final Batcher<OutboxEntry, HeldDeliveries> batcher;

  public DeliveryOutbox(
      Vertx vertx, OutboxStore store, TableSnapshot<WebhookSet> webhooks, WebhookMeters meters) {
    this.webhooks = webhooks;
    this.meters = meters;
    this.undecided = new UndecidedFilters(meters);
    this.batcher = new Batcher<>(vertx, store::store, MAX_EVENTS, MAX_WAITING);
  }

  @Override
  public Future<@Nullable HeldDeliveries> store(Event event, byte[] body, boolean minted) {
    WebhookSet known = webhooks.state();
    if (known == null) {
      return Future.failedFuture(new IllegalStateException("the webhooks are not loaded yet"));
    }
    List<OutboxEntry.Owed> owed =
        Selection.of(event, known.candidates(event.tenant(), event.type()), undecided);
    if (owed.isEmpty()) {
      return Future.succeededFuture();
    }
    return batcher
        .add(new OutboxEntry(event, body, minted, owed))
        .onFailure(failure -> meters.failed(Step.HOLD))
        .map(held -> held);
  }
}
