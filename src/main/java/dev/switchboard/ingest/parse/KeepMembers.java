package dev.switchboard.ingest.parse;

import dev.switchboard.event.InvalidNameException;
import dev.switchboard.event.KeptKey;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import org.jspecify.annotations.Nullable;

/** Collects the members of one event that say what it keeps, and checks them together. */
final class KeepMembers {
  private static final long MAX_SECONDS = Duration.ofDays(7).toSeconds();
  private static final Duration MAX_AHEAD = Duration.ofMinutes(1);

  /** The earliest moment that can be stored. */
  private static final Instant FIRST = Instant.ofEpochMilli(1);

  private final Clock clock;
  private @Nullable KeptKey key;
  private @Nullable Duration keepFor;
  private @Nullable Instant asOf;
  private boolean forget;

  /** {@code clock} decides which times are in the future. */
  KeepMembers(Clock clock) {
    this.clock = clock;
  }

  /** Sets a member from its text; throws if it is malformed. */
  void set(EventField field, String text) {
    switch (field) {
      case KEEP -> key = KeptKey.parse(text);
      case KEEP_FOR -> keepFor = seconds(text);
      case FORGET -> forget = isTrue(text);
      case AS_OF -> asOf = moment(text);
      default -> throw new IllegalArgumentException(field + " does not say what is kept");
    }
  }

  private static Duration seconds(String text) {
    if (text.matches("\\d{1,6}")) {
      int seconds = Integer.parseInt(text);
      if (seconds >= 1 && seconds <= MAX_SECONDS) {
        return Duration.ofSeconds(seconds);
      }
    }
    throw new InvalidNameException("must be a whole number of seconds from 1 to " + MAX_SECONDS);
  }

  private static boolean isTrue(String text) {
    if (text.equals("true")) {
      return true;
    }
    throw new InvalidNameException("must be true; leave it out to keep the event");
  }

  private Instant moment(String text) {
    Instant moment;
    try {
      moment = OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeException malformed) {
      throw new InvalidNameException(
          "must be a time with its offset, such as 2026-11-23T09:30:00.123Z");
    }
    if (moment.isAfter(clock.instant().plus(MAX_AHEAD)) || moment.isBefore(FIRST)) {
      throw new InvalidNameException(
          "must not be in the future or before 1970; take it from time in an answer about kept"
              + " events");
    }
    return moment;
  }

  /** The member that may not be there, and why; null if they fit together. */
  @Nullable Fault fault() {
    if (key == null) {
      EventField lonely =
          forget ? EventField.FORGET : asOf != null ? EventField.AS_OF : EventField.KEEP_FOR;
      boolean any = forget || asOf != null || keepFor != null;
      return any ? new Fault(lonely, "needs keep, the collection and key it is about") : null;
    }
    return forget && keepFor != null
        ? new Fault(EventField.KEEP_FOR, "does not go together with forget; leave one out")
        : null;
  }

  record Fault(EventField field, String reason) {}

  /** What is asked for; null if nothing is. */
  @Nullable KeepRequest request() {
    if (key == null) {
      return null;
    }
    if (forget) {
      return KeepRequest.toForget(key, asOf);
    }
    return new KeepRequest(key, keepFor == null ? KeepRequest.DEFAULT : keepFor, asOf);
  }
}
