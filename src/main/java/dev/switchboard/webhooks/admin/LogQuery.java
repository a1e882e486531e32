package dev.switchboard.webhooks.admin;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Selects attempts of the log, newest first.
 *
 * @param outcome {@code delivered}, {@code retrying}, {@code failed} or {@code cancelled}; null:
 *     any
 * @param event type of the event, exactly; null: any
 * @param error class of the error, such as {@code timeout_body}; null: any
 * @param code status of the response; null: any
 * @param eventId null: any
 * @param since inclusive; null: no bound
 * @param until exclusive; null: no bound
 * @param before the last attempt of the page before; null: the first page
 * @param limit maximum number of attempts
 */
public record LogQuery(
    @Nullable String outcome,
    @Nullable String event,
    @Nullable String error,
    @Nullable Integer code,
    @Nullable String eventId,
    @Nullable Instant since,
    @Nullable Instant until,
    @Nullable Cursor before,
    int limit) {

  private static final Instant END = Instant.parse("9999-12-31T23:59:59Z");

  /** Whether an attempt can have that time; Postgres can't even compare every other. */
  public static boolean isInLog(Instant time) {
    return !time.isBefore(Instant.EPOCH) && !time.isAfter(END);
  }

  /** The position of an attempt in the log. */
  public record Cursor(Instant createdAt, long id) {
    /** Parses what {@link #toString} returned; null if {@code text} has another form. */
    public static @Nullable Cursor parse(String text) {
      String[] parts = text.split("_", -1);
      try {
        if (parts.length != 2) {
          return null;
        }
        Instant at = Instant.EPOCH.plusNanos(Math.multiplyExact(Long.parseLong(parts[0]), 1_000L));
        return isInLog(at) ? new Cursor(at, Long.parseLong(parts[1])) : null;
      } catch (NumberFormatException | ArithmeticException malformed) {
        return null;
      }
    }

    /** Microseconds since 1970, an underscore and the id. */
    @Override
    public String toString() {
      long micros = createdAt.getEpochSecond() * 1_000_000 + createdAt.getNano() / 1_000;
      return micros + "_" + id;
    }
  }
}
