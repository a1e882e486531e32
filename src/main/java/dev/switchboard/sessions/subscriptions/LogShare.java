package dev.switchboard.sessions.subscriptions;

import dev.switchboard.config.LogsConfig;

/**
 * Converts events to the share of a whole log that they fill: by their number or by their bytes,
 * whichever is more. A position can't be resumed from once a whole log has gone by behind it.
 *
 * @param perEvent share of the smallest event
 * @param perByte share of each byte of a large one
 */
public record LogShare(long perEvent, long perByte) {
  /** A whole log; small enough that sums over many logs and a long life stay within a long. */
  public static final long WHOLE = 1L << 40;

  public static LogShare of(LogsConfig config) {
    return new LogShare(part(config.maxEvents()), part(config.maxBytes().bytes()));
  }

  /** Rounded up: a tenth of the parts must be a tenth of the whole. */
  private static long part(long parts) {
    return (WHOLE + parts - 1) / parts;
  }

  /** The share of {@code events} consecutive events that have {@code bytes} bytes together. */
  public long of(long events, long bytes) {
    return Math.min(WHOLE, Math.max(events * perEvent, bytes * perByte));
  }
}
