package dev.switchboard.webhooks.report;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts and logs deliveries that were made because the webhook's filter could not be evaluated.
 * Belongs to one event loop.
 */
public final class UndecidedFilters {
  private static final Logger log = LoggerFactory.getLogger(UndecidedFilters.class);
  private static final long MIN_PAUSE_NANOS = TimeUnit.MINUTES.toNanos(1);
  private static final int MAX_REMEMBERED = 1_000;

  private final WebhookMeters meters;
  private final Map<Long, Long> loggedAt = new HashMap<>();

  public UndecidedFilters(WebhookMeters meters) {
    this.meters = meters;
  }

  /** Counts one delivery; logs {@code fault} at most once a minute for each webhook. */
  public void report(long webhook, RuntimeException fault) {
    meters.undecided();
    long now = System.nanoTime();
    Long last = loggedAt.get(webhook);
    if (last != null && now - last < MIN_PAUSE_NANOS) {
      return;
    }
    if (loggedAt.size() >= MAX_REMEMBERED) {
      loggedAt.clear();
    }
    loggedAt.put(webhook, now);
    log.atWarn()
        .addKeyValue("webhookId", webhook)
        .addKeyValue("reason", reason(fault))
        .log("Can't evaluate the webhook's filter; it gets the event");
  }

  /** Without the message of a parser, which quotes the payload. */
  private static String reason(RuntimeException fault) {
    return fault.getClass().getSimpleName();
  }
}
