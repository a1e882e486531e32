package dev.switchboard.sessions.subscriptions;

import dev.switchboard.config.LogsConfig;

/**
 * How much of a whole log some events are: by their number or by their bytes, whichever fills it
 * first. A place can't be resumed from once a whole log has gone by behind it.
 *
 * @param perEvent share of the smallest event
 * @param perByte share of each byte of a large one
 */
public record LogShare(long perEvent, long perByte) {
  /** All of a log; small enough that sums over many logs and a long life stay within a long. */
  public static final long WHOLE = 1L << 40;

  public static LogShare of(LogsConfig config) {
    return new LogShare(part(config.maxEvents()), part(config.maxBytes().bytes()));
  }

  /** Rounded up: a tenth of the parts must be a tenth of the whole. */
  private static long part(long parts) {
    return (WHOLE + parts - 1) / parts;
  }

  /** The share of so many events that follow each other, together of so many bytes. */
  public long of(long events, long bytes) {
    return Math.min(WHOLE, Math.max(events * perEvent, bytes * perByte));
  }
}
