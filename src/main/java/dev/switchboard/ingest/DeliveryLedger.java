package dev.switchboard.ingest;

import dev.switchboard.bus.HeldDeliveries;
import dev.switchboard.event.Event;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/** What ingest needs of the delivery engine before an event may be acknowledged. */
public interface DeliveryLedger {
  /**
   * Commits the deliveries an event owes, not yet to be started.
   *
   * @param tail the envelope behind its id
   * @param minted whether the event id was made here, not by the producer
   * @return null at once if nothing is owed; fails if it can't be committed
   */
  Future<@Nullable HeldDeliveries> hold(Event event, byte[] tail, boolean minted);
}
