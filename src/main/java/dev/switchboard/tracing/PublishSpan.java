package dev.switchboard.tracing;

import dev.switchboard.event.EventId;
import org.jspecify.annotations.Nullable;

/** The span of one call that publishes events. */
public interface PublishSpan {
  /** Records nothing. */
  PublishSpan NONE =
      new PublishSpan() {
        @Override
        public @Nullable TraceContext carried() {
          return null;
        }

        @Override
        public void ended(PublishEnd end) {}
      };

  /**
   * What the events of the call carry, so that their spans on every node belong to this one; null
   * if nothing: a trace that is not sampled and began here costs no bytes.
   */
  @Nullable TraceContext carried();

  /** Ends the span. */
  void ended(PublishEnd end);

  /**
   * What became of the events of a call.
   *
   * @param event id of the event; null of an array
   * @param deliveries webhook deliveries that the events owe
   * @param repeated whether all events had been published before
   * @param error why an event was not accepted, such as {@code limit_reached}; null if all were
   */
  record PublishEnd(
      @Nullable EventId event, int deliveries, boolean repeated, @Nullable String error) {}
}
