package dev.switchboard.ingest;

import dev.switchboard.event.EventId;
import dev.switchboard.event.LogPosition;
import org.jspecify.annotations.Nullable;

/** What became of one event. */
public sealed interface IngestResult {

  /**
   * It is in its log, published, and what it owes is committed; or an earlier call with the same
   * event id did all that and this is its answer.
   *
   * @param place null for a live-only event
   */
  record Accepted(
      EventId event, @Nullable LogPosition place, String channel, int deliveries, boolean repeated)
      implements IngestResult {}

  /**
   * The tenant has brought more event ids than are remembered; later it may bring this one again.
   */
  record TooManyIds(EventId event) implements IngestResult {}

  /**
   * It could not be accepted now.
   *
   * @param certain whether surely nothing happened; if not, the same event id settles it
   */
  record Unavailable(EventId event, boolean certain, String reason) implements IngestResult {}
}
