package dev.switchboard.ingest;

import dev.switchboard.event.EventId;
import java.time.Clock;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Generates event ids: UUIDs of version 7 (RFC 9562), which sort by time. Usable from every thread.
 */
public final class EventIdMint {
  private final Clock clock;

  public EventIdMint(Clock clock) {
    this.clock = clock;
  }

  public EventId next() {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    long high = clock.millis() << 16 | 0x7000 | random.nextInt(1 << 12);
    long low = random.nextLong() >>> 2 | 1L << 63;
    return new EventId(new UUID(high, low).toString());
  }
}
