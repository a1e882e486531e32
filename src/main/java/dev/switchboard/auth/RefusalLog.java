package dev.switchboard.auth;

import dev.switchboard.auth.AuthException.Check;
import dev.switchboard.event.Reason;
import dev.switchboard.time.Ticker;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs which check of a token failed: at most one line a minute for each check, with the number of
 * refusals that had none. Never logs a token or what a token contains. Usable from every thread.
 */
final class RefusalLog {
  private static final Logger log = LoggerFactory.getLogger(RefusalLog.class);
  private static final long INTERVAL_NANOS = Duration.ofMinutes(1).toNanos();

  private final Ticker ticker;
  private final Map<Check, Entry> entries = new EnumMap<>(Check.class);

  RefusalLog(Ticker ticker) {
    this.ticker = ticker;
  }

  /** The time of the last line of a check, and the refusals since then. */
  private record Entry(long loggedAt, long unlogged) {}

  /** Logs {@code failure} if it is the refusal of a token. */
  void refused(Throwable failure) {
    if (failure instanceof AuthException refusal && refusal.check() != null) {
      refused(refusal.check(), Reason.of(refusal));
    }
  }

  private synchronized void refused(Check check, String reason) {
    long now = ticker.nanos();
    Entry last = entries.get(check);
    if (last != null && now - last.loggedAt() < INTERVAL_NANOS) {
      entries.put(check, new Entry(last.loggedAt(), last.unlogged() + 1));
      return;
    }
    entries.put(check, new Entry(now, 0));
    log.atInfo()
        .addKeyValue("check", check.name().toLowerCase(Locale.ROOT))
        .addKeyValue("reason", reason)
        .addKeyValue("refusedBefore", last == null ? 0 : last.unlogged())
        .log("Token refused");
  }
}
