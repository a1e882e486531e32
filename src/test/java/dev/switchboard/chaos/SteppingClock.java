package dev.switchboard.chaos;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** A system clock that somebody sets forwards and backwards. */
final class SteppingClock extends Clock {
  private volatile Duration offset = Duration.ZERO;

  /** Sets the clock that far from the true time. */
  void set(Duration offset) {
    this.offset = offset;
  }

  @Override
  public Instant instant() {
    return Clock.systemUTC().instant().plus(offset);
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  @Override
  public Clock withZone(ZoneId zone) {
    throw new UnsupportedOperationException("only instants are needed");
  }
}
