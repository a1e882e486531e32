package dev.switchboard.bus;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.MessageConsumer;
import java.util.function.Consumer;

/**
 * An address of this node's event bus and the one type of its messages: a record, or a sealed
 * interface of records.
 *
 * <p>Messages are passed by reference and reach a consumer on its own event loop, in the order in
 * which one sender sent them. At most once: a message to an address without a consumer is lost.
 */
public record Address<T>(String name, Class<T> type) {
  private static final DeliveryOptions LOCAL = new DeliveryOptions().setLocalOnly(true);

  /**
   * Calls the handler with every message, on the event loop that calls this, until unregistered.
   */
  @CanIgnoreReturnValue
  public MessageConsumer<T> consume(Vertx vertx, Consumer<T> handler) {
    return vertx
        .eventBus()
        .localConsumer(name, message -> handler.accept(type.cast(message.body())));
  }

  /** Sends a message to one consumer; callable from any thread. */
  public void send(Vertx vertx, T message) {
    vertx.eventBus().send(name, message, options());
  }

  /** Sends a message to every consumer; callable from any thread. */
  public void publish(Vertx vertx, T message) {
    vertx.eventBus().publish(name, message, options());
  }

  /** Names the codec: the event bus would look it up by the record's own class. */
  private DeliveryOptions options() {
    return new DeliveryOptions(LOCAL).setCodecName(LocalCodec.nameFor(type));
  }
}
