package dev.switchboard.webhooks.registry;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The circuit breakers of one webhook, on all nodes.
 *
 * @param phase {@code OPEN} if any of them is, else {@code HALF_OPEN} if any is
 * @param since when the first of them opened; null: all are closed
 * @param nextTry when the next node makes a call; null unless one is open
 * @param nodes on how many nodes they are not closed
 */
public record BreakerState(
    Phase phase, @Nullable Instant since, @Nullable Instant nextTry, int nodes) {
  public static final BreakerState CLOSED = new BreakerState(Phase.CLOSED, null, null, 0);

  /** What a breaker does with calls. */
  public enum Phase {
    /** They are made. */
    CLOSED,
    /** Deliveries wait until the next try. */
    OPEN,
    /** One delivery is tried, or will be as soon as it is due. */
    HALF_OPEN
  }
}
