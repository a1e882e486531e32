package dev.switchboard.webhooks.queue;

import dev.switchboard.bus.ClaimedDelivery;
import dev.switchboard.bus.DeliveriesSettled;
import dev.switchboard.bus.HeldDeliveries;
import dev.switchboard.webhooks.report.WebhookMeters;
import dev.switchboard.webhooks.report.WebhookMeters.Step;
import io.vertx.core.Future;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does with what an event owes what became of the event: hands it on, takes it over, keeps it back
 * or drops it. Belongs to one event loop.
 */
public final class Settlement {
  private static final Logger log = LoggerFactory.getLogger(Settlement.class);

  private final HoldStore holds;
  private final Consumer<List<ClaimedDelivery>> fresh;
  private final WebhookMeters meters;

  /** {@code fresh} takes what may be called now. */
  public Settlement(HoldStore holds, Consumer<List<ClaimedDelivery>> fresh, WebhookMeters meters) {
    this.holds = holds;
    this.fresh = fresh;
    this.meters = meters;
  }

  /** An event was decided. */
  public void settled(DeliveriesSettled settled) {
    HeldDeliveries held = settled.held();
    switch (settled.fate()) {
      case PUBLISHED -> {
        fresh.accept(held.deliveries());
        if (held.repeated()) {
          watch(holds.takeOver(held).onSuccess(fresh::accept), "take over held deliveries");
        }
      }
      case PUBLISHED_BEFORE -> fresh.accept(held.deliveries());
      case NOT_OWED -> watch(holds.forget(held), "drop deliveries that are not owed");
      case WITHDRAWN -> watch(holds.withdraw(held), "withdraw deliveries");
    }
  }

  private void watch(Future<?> work, String what) {
    work.onFailure(
        failure -> {
          meters.failed(Step.SETTLE);
          log.atWarn()
              .addKeyValue("reason", String.valueOf(failure.getMessage()))
              .log("Can't " + what + "; the sweep will");
        });
  }
}
