package dev.switchboard.tracing;

import dev.switchboard.event.EnvelopeHead;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/** Makes no spans. */
final class NoTracing implements Tracing {
  @Override
  public boolean isOn() {
    return false;
  }

  @Override
  public PublishSpan publishing(PublishedEvents events, TraceCarrier carrier) {
    return PublishSpan.NONE;
  }

  @Override
  public @Nullable FanOutSpan fanningOut(EnvelopeHead head, byte[] envelope, int hubs) {
    return null;
  }

  @Override
  public AttemptSpan attempting(TracedDelivery delivery, int attempt, String url) {
    return AttemptSpan.NONE;
  }

  @Override
  public void delivered(TracedDelivery delivery, DeliveryEnd end) {}

  @Override
  public Future<Void> close() {
    return Future.succeededFuture();
  }
}
