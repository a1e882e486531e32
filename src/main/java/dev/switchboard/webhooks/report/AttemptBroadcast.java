package dev.switchboard.webhooks.report;

import dev.switchboard.bus.ClaimedDelivery;
import dev.switchboard.event.TenantId;
import dev.switchboard.redis.WebhookSignals;
import dev.switchboard.webhooks.call.Attempt;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends attempts as they end to the sessions that follow those of their tenant, on any node; while
 * no session does, an attempt costs one look into an empty map. At most once, and at most 200 a
 * second for a tenant: those beyond are counted, and the count is sent. Belongs to one event loop.
 */
public final class AttemptBroadcast {
  /** The signal that attempts are wanted comes more often than this while one follows. */
  static final Duration WANTED_FOR = Duration.ofSeconds(30);

  private static final int MAX_PER_SECOND = 200;
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private static final Logger log = LoggerFactory.getLogger(AttemptBroadcast.class);

  private final WebhookSignals signals;
  private final LongSupplier nanoTime;
  private final Map<TenantId, Watched> watched = new HashMap<>();

  public AttemptBroadcast(WebhookSignals signals, LongSupplier nanoTime) {
    this.signals = signals;
    this.nanoTime = nanoTime;
  }

  private static final class Watched {
    private long until;
    private long secondBegan;
    private int thisSecond;
    private int missed;

    boolean hasRoom(long now) {
      if (now - secondBegan >= SECOND) {
        secondBegan = now;
        thisSecond = 0;
      }
      return thisSecond < MAX_PER_SECOND;
    }
  }

  /** Sends the tenant's attempts for {@link #WANTED_FOR} from now on. */
  public void wanted(TenantId tenant) {
    long now = nanoTime.getAsLong();
    watched.values().removeIf(one -> one.until - now < 0);
    Watched one = watched.computeIfAbsent(tenant, unknown -> new Watched());
    one.until = now + WANTED_FOR.toNanos();
  }

  /**
   * Sends an attempt that ended, if any session wants it.
   *
   * @param retryAfter null: it was the last
   */
  public void attempted(ClaimedDelivery delivery, Attempt attempt, @Nullable Duration retryAfter) {
    if (watched.isEmpty()) {
      return;
    }
    Watched one = watched.get(delivery.tenant());
    long now = nanoTime.getAsLong();
    if (one == null || one.until - now < 0) {
      return;
    }
    if (!one.hasRoom(now)) {
      one.missed++;
      return;
    }
    one.thisSecond++;
    if (one.missed > 0) {
      dropIfLost(signals.attemptsMissed(delivery.tenant(), missed(one.missed)));
      one.missed = 0;
    }
    dropIfLost(
        signals.attempted(
            delivery.tenant(), delivery.webhook(), message(delivery, attempt, retryAfter)));
  }

  private static void dropIfLost(Future<?> sent) {
    sent.onFailure(
        failure ->
            log.atDebug()
                .addKeyValue("reason", String.valueOf(failure.getMessage()))
                .log("Can't send an attempt to the sessions that follow it"));
  }

  private static JsonObject missed(int count) {
    return new JsonObject()
        .put("type", "webhook.attempts_missed")
        .put("payload", new JsonObject().put("count", count));
  }

  private static JsonObject message(
      ClaimedDelivery delivery, Attempt attempt, @Nullable Duration retryAfter) {
    boolean delivered = attempt.result() == Attempt.Result.DELIVERED;
    String outcome = delivered ? "delivered" : retryAfter == null ? "failed" : "retrying";
    long ended = TimeUnit.MILLISECONDS.toSeconds(System.currentTimeMillis());
    return new JsonObject()
        .put("type", "webhook.attempt")
        .put(
            "payload",
            new JsonObject()
                .put("webhook_id", delivery.webhook())
                .put("delivery_id", delivery.id())
                .put("event_id", delivery.event().value())
                .put("event", delivery.type().value())
                .put("attempt", delivery.attempt())
                .put("outcome", outcome)
                .put("response_code", attempt.responseCode())
                .put("error", attempt.error())
                .put("duration_ms", attempt.durationMillis())
                .put("retry_in_ms", delivered || retryAfter == null ? null : retryAfter.toMillis())
                .put("timestamp", ended));
  }
}
