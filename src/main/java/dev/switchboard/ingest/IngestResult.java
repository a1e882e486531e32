package dev.switchboard.ingest;

import dev.switchboard.event.EventId;
import dev.switchboard.event.LogPosition;
import dev.switchboard.redis.TenantLimit;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The outcome of accepting one event. */
public sealed interface IngestResult {

  /**
   * Whether events of the tenant that follow may be published. A limit may hold for one of several
   * events only, and trying that one again soon may not help.
   */
  default boolean letsOthersFollow() {
    return isDone() || this instanceof LimitReached;
  }

  /** Whether the event was dealt with, so that what follows it may be published. */
  default boolean isDone() {
    return this instanceof Accepted || this instanceof Superseded;
  }

  /**
   * The event is in its log and published, and its inbox message and deliveries are committed; or
   * an earlier call with the same event id did all that and this is its result.
   *
   * @param position null for a live-only event
   * @param deliveries how many webhook deliveries were committed
   * @param repeated whether an earlier call had published it
   * @param keptSince of a kept event: what was kept before this moment may be missing or outdated
   */
  record Accepted(
      EventId event,
      @Nullable LogPosition position,
      String channel,
      int deliveries,
      boolean repeated,
      @Nullable Instant keptSince)
      implements IngestResult {}

  /** The event was beaten by a newer one of its key; nothing was published, nothing is owed. */
  record Superseded(EventId event, String channel) implements IngestResult {}

  /**
   * The state has no room for another key; the tenant may try again when others have expired.
   *
   * @param bound {@code keys}, {@code bytes} or {@code topics}
   */
  record KeptFull(EventId event, String bound) implements IngestResult {}

  /** The tenant has used as many event ids as are remembered; it may try this one again later. */
  record TooManyIds(EventId event) implements IngestResult {}

  /** The tenant has all that it may have in Redis; nothing was stored or published. */
  record LimitReached(EventId event, TenantLimit limit) implements IngestResult {}

  /**
   * The event could not be accepted now.
   *
   * @param certain true if nothing was published for certain; if false, sending the same event id
   *     again settles it
   * @param reason safe to show to the producer
   */
  record Unavailable(EventId event, boolean certain, String reason) implements IngestResult {}
}
