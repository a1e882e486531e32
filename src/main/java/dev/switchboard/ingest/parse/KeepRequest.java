package dev.switchboard.ingest.parse;

import dev.switchboard.event.Keep;
import dev.switchboard.event.KeptKey;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a producer asks to keep.
 *
 * @param keepFor how long the event is the state of its key; null if it ends the state
 * @param asOf the event counts only if the state was not written after this moment; null: always
 */
public record KeepRequest(KeptKey key, @Nullable Duration keepFor, @Nullable Instant asOf) {
  /** How long a state lasts if the producer does not say. */
  static final Duration DEFAULT = Duration.ofDays(1);

  /** Asks to end the state of a key. */
  public static KeepRequest toForget(KeptKey key, @Nullable Instant asOf) {
    return new KeepRequest(key, null, asOf);
  }

  /** What an event accepted at that moment does to the state. */
  public Keep acceptedAt(Instant now) {
    return keepFor == null ? new Keep.Forget(key) : new Keep.Until(key, now.plus(keepFor));
  }
}
