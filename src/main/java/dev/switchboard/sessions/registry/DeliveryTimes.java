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

  /** Number of events recorded so far. */
  private long recorded;

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

  /** Number of events that were noted so far. */
  long noted() {
    return recorded + size;
  }

  /** Records the first {@code events} of all that were noted so far, unless they are recorded. */
  void flushed(long events) {
    int due = (int) (events - recorded);
    if (due <= 0) {
      return;
    }
    long now = meters.millis();
    for (int i = 0; i < due; i++) {
      meters.delivered(now - accepted[i]);
    }
    size -= due;
    System.arraycopy(accepted, due, accepted, 0, size);
    recorded = events;
  }
}
