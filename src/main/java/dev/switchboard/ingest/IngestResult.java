package dev.switchboard.ingest;

import dev.switchboard.event.EventId;
import dev.switchboard.event.LogPosition;
import org.jspecify.annotations.Nullable;

/** The outcome of accepting one event. */
public sealed interface IngestResult {

  /**
   * The event is in its log and published, and its inbox message and deliveries are committed; or
   * an earlier call with the same event id did all that and this is its result.
   *
   * @param position null for a live-only event
   * @param deliveries how many webhook deliveries were committed
   * @param repeated whether an earlier call had published it
   */
  record Accepted(
      EventId event,
      @Nullable LogPosition position,
      String channel,
      int deliveries,
      boolean repeated)
      implements IngestResult {}

  /** The tenant has used as many event ids as are remembered; it may try this one again later. */
  record TooManyIds(EventId event) implements IngestResult {}

  /**
   * The event could not be accepted now.
   *
   * @param certain true if nothing was published for certain; if false, sending the same event id
   *     again settles it
   * @param reason safe to show to the producer
   */
  record Unavailable(EventId event, boolean certain, String reason) implements IngestResult {}
}
