package dev.switchboard.webhooks.admin;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Which rows of the log are asked for, newest first.
 *
 * @param outcome {@code delivered}, {@code retrying} or {@code failed}; null: any
 * @param event type, exactly; null: any
 * @param error class of the error, such as {@code timeout_body}; null: any
 * @param code status of the response; null: any
 * @param eventId null: any
 * @param since inclusive
 * @param until exclusive
 * @param before the last row of the page before; null: the first page
 * @param most rows of a page
 */
public record LogQuery(
    @Nullable String outcome,
    @Nullable String event,
    @Nullable String error,
    @Nullable Integer code,
    @Nullable String eventId,
    @Nullable Instant since,
    @Nullable Instant until,
    @Nullable Place before,
    int most) {

  /** Place of a row in the log. */
  public record Place(Instant createdAt, long id) {
    /** Reads the written form; null if it is none. */
    public static @Nullable Place parse(String text) {
      String[] parts = text.split("_", -1);
      try {
        return parts.length == 2
            ? new Place(
                Instant.EPOCH.plusNanos(Math.multiplyExact(Long.parseLong(parts[0]), 1_000L)),
                Long.parseLong(parts[1]))
            : null;
      } catch (NumberFormatException | ArithmeticException malformed) {
        return null;
      }
    }

    /** Microseconds and row, for the next page's address. */
    @Override
    public String toString() {
      long micros = createdAt.getEpochSecond() * 1_000_000 + createdAt.getNano() / 1_000;
      return micros + "_" + id;
    }
  }
}
