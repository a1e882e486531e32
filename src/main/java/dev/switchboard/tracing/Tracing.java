package dev.switchboard.tracing;

import dev.switchboard.event.EnvelopeHead;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/**
 * Makes the spans of events. Never blocks and never fails: a span that can't be exported is lost.
 * Usable from every thread.
 */
public interface Tracing {
  /** Makes no spans and costs nothing. */
  Tracing OFF = new NoTracing();

  /** Whether spans are made; if not, callers need not collect what the other methods take. */
  boolean isOn();

  /**
   * Begins the span of a call that publishes events. It continues the trace of {@code carrier}, or
   * begins one if that has none or an invalid one.
   */
  PublishSpan publishing(PublishedEvents events, TraceCarrier carrier);

  /**
   * Begins the span of sending one event to the sessions of this node.
   *
   * @param hubs to how many hubs it is passed
   * @return null if the event carries no trace, or one that is not sampled
   */
  @Nullable FanOutSpan fanningOut(EnvelopeHead head, byte[] envelope, int hubs);

  /**
   * Begins the span of one call of a delivery.
   *
   * @param attempt number of the attempt, from 1
   * @param url of the receiver; only its scheme, host and port appear in the span
   */
  AttemptSpan attempting(TracedDelivery delivery, int attempt, String url);

  /** Records the span of a delivery that has ended, from the acceptance of its event until now. */
  void delivered(TracedDelivery delivery, DeliveryEnd end);

  /** Exports what is not exported yet, and makes no more spans; never fails. */
  Future<Void> close();

  /**
   * How a delivery ended.
   *
   * @param attempts number of its last attempt
   * @param error class of its last error, such as {@code timeout_body}; null if it was delivered
   */
  record DeliveryEnd(int attempts, @Nullable String error) {}
}
