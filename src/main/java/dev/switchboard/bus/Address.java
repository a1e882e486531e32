package dev.switchboard.bus;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.MessageConsumer;
import java.util.function.Consumer;

/**
 * A named place on this node's event bus and the one type of message it takes.
 *
 * <p>Messages are records passed by reference and reach a consumer on its own event loop, in the
 * order one sender sent them. At most once: a message to an address without a consumer is gone.
 */
public record Address<T>(String name, Class<T> type) {
  private static final DeliveryOptions LOCAL = new DeliveryOptions().setLocalOnly(true);

  /** Handles every message on the calling context's event loop until unregistered. */
  @CanIgnoreReturnValue
  public MessageConsumer<T> consume(Vertx vertx, Consumer<T> handler) {
    return vertx
        .eventBus()
        .localConsumer(name, message -> handler.accept(type.cast(message.body())));
  }

  /** To one consumer; callable from any thread. */
  public void send(Vertx vertx, T message) {
    vertx.eventBus().send(name, message, options());
  }

  /** To every consumer; callable from any thread. */
  public void publish(Vertx vertx, T message) {
    vertx.eventBus().publish(name, message, options());
  }

  private DeliveryOptions options() {
    return new DeliveryOptions(LOCAL).setCodecName(LocalCodec.nameFor(type));
  }
}
