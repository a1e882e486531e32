package dev.switchboard.bus;

import dev.switchboard.event.Event;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/**
 * The transactional outbox of webhook deliveries: the deliveries of an event are in Postgres before
 * the event is published and acknowledged. Belongs to one event loop.
 */
public interface Outbox {
  /**
   * Stores the deliveries of {@code event} as held: they start only once {@link DeliveriesSettled}
   * says that the event is published. Storing the same event again adds none.
   *
   * @param body the event's envelope behind its position, from {@code "event_id"} on
   * @param minted whether the server made the event id, not the producer
   * @return null, without a statement, if no webhook wants the event; a failed future if the
   *     deliveries can't be stored
   */
  Future<@Nullable HeldDeliveries> store(Event event, byte[] body, boolean minted);
}
