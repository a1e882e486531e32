package dev.switchboard.sessions.subscriptions;

import dev.switchboard.bus.HubBatch;
import dev.switchboard.tracing.FanOutSpan;
import java.util.ArrayList;
import java.util.List;

/**
 * The events of one batch that have a span, from being written to being flushed. Belongs to the
 * hub's event loop.
 */
final class TracedEvents {
  private record Written(FanOutSpan span, long sessions) {}

  private final List<Written> written = new ArrayList<>(0);

  /** Notes an event that was written to that many sessions. */
  void written(HubBatch.Released released, long sessions) {
    if (released.span() != null) {
      written.add(new Written(released.span(), sessions));
    }
  }

  /** Everything that was written is flushed. */
  void flushed() {
    if (!written.isEmpty()) {
      written.forEach(event -> event.span().handled(event.sessions()));
      written.clear();
    }
  }
}
