package dev.switchboard.webhooks.admin;

/**
 * The result of cancelling deliveries.
 *
 * @param waiting deliveries that are gone
 * @param inFlight deliveries that a node holds: a call that has begun is not broken off, and not
 *     repeated
 * @param more whether there are more than one request cancels
 */
public record Cancellation(int waiting, int inFlight, boolean more) {
  static final Cancellation NONE = new Cancellation(0, 0, false);

  /** The sum of both; {@code later} says whether there are more. */
  Cancellation plus(Cancellation later) {
    return new Cancellation(waiting + later.waiting, inFlight + later.inFlight, later.more);
  }

  int total() {
    return waiting + inFlight;
  }
}
