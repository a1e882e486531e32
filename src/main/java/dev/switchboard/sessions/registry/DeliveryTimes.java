package dev.switchboard.sessions.registry;

import java.util.Arrays;

/**
 * When the events were accepted that one event loop has written and not flushed yet. The clock is
 * read once for all of them. Belongs to that loop.
 */
final class DeliveryTimes {
  private final SessionMeters meters;
  private long[] accepted = new long[64];
  private int size;

  DeliveryTimes(SessionMeters meters) {
    this.meters = meters;
  }

  /** Notes an event that was written to at least one session. */
  void written(byte[] envelope) {
    long time = AcceptanceTime.millis(envelope);
    if (time == AcceptanceTime.UNKNOWN) {
      return;
    }
    if (size == accepted.length) {
      accepted = Arrays.copyOf(accepted, 2 * size);
    }
    accepted[size++] = time;
  }

  /** Records all events that were noted. */
  void flushed() {
    if (size == 0) {
      return;
    }
    long now = meters.millis();
    for (int i = 0; i < size; i++) {
      meters.delivered(now - accepted[i]);
    }
    size = 0;
  }
}
