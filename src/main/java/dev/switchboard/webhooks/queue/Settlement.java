package dev.switchboard.webhooks.queue;

import dev.switchboard.bus.ClaimedDelivery;
import dev.switchboard.bus.DeliveriesSettled;
import dev.switchboard.bus.HeldDeliveries;
import dev.switchboard.event.Reason;
import dev.switchboard.webhooks.report.WebhookMeters;
import dev.switchboard.webhooks.report.WebhookMeters.Step;
import io.vertx.core.Future;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides the held deliveries of an event once its outcome is known: starts them, takes over those
 * of an earlier call, withdraws or discards them. Belongs to one event loop.
 */
public final class Settlement {
  private static final Logger log = LoggerFactory.getLogger(Settlement.class);

  private final OutboxStore outbox;
  private final Consumer<List<ClaimedDelivery>> starter;
  private final WebhookMeters meters;

  /** Deliveries that may be called now go to {@code starter}. */
  public Settlement(
      OutboxStore outbox, Consumer<List<ClaimedDelivery>> starter, WebhookMeters meters) {
    this.outbox = outbox;
    this.starter = starter;
    this.meters = meters;
  }

  /** Handles the message that an event was published, or was not. */
  public void settle(DeliveriesSettled settled) {
    HeldDeliveries held = settled.held();
    switch (settled.fate()) {
      case PUBLISHED -> {
        starter.accept(held.deliveries());
        if (held.repeated()) {
          watch(outbox.takeOver(held).onSuccess(starter::accept), "take over");
        }
      }
      case PUBLISHED_BEFORE -> starter.accept(held.deliveries());
      case DISCARDED -> watch(outbox.discard(held), "discard");
      case WITHDRAWN -> watch(outbox.withdraw(held), "withdraw");
    }
  }

  private void watch(Future<?> work, String action) {
    work.onFailure(
        failure -> {
          meters.failed(Step.SETTLE);
          log.atWarn()
              .addKeyValue("action", action)
              .addKeyValue("reason", Reason.of(failure))
              .log("Can't update held deliveries; the sweep will retry");
        });
  }
}
