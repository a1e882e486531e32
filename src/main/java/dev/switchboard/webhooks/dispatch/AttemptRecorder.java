package dev.switchboard.webhooks.dispatch;

import dev.switchboard.bus.ClaimedDelivery;
import dev.switchboard.event.Reason;
import dev.switchboard.postgres.Batcher;
import dev.switchboard.postgres.Database;
import dev.switchboard.tracing.TraceContext;
import dev.switchboard.tracing.Tracing;
import dev.switchboard.webhooks.call.Attempt;
import dev.switchboard.webhooks.call.Attempt.Result;
import dev.switchboard.webhooks.queue.AttemptRecord;
import dev.switchboard.webhooks.queue.FinishStore;
import dev.switchboard.webhooks.registry.Webhook;
import dev.switchboard.webhooks.report.AttemptBroadcast;
import dev.switchboard.webhooks.report.WebhookHealth;
import dev.switchboard.webhooks.report.WebhookMeters;
import dev.switchboard.webhooks.report.WebhookMeters.Step;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides whether a delivery is retried after an attempt and records both, many in one statement.
 * Belongs to one event loop.
 */
public final class AttemptRecorder {
  private static final Logger log = LoggerFactory.getLogger(AttemptRecorder.class);
  private static final int MAX_PER_STATEMENT = 200;

  /** Pause between two tries to write while Postgres is out of reach. */
  private static final long WRITE_AGAIN_MILLIS = 500;

  /** A call that was ended early is made again after this pause, as one of a slow webhook. */
  private static final Duration AFTER_INTERRUPTION = Duration.ofSeconds(2);

  /** How long after the end of its claim an attempt may still be recorded. */
  private static final long MAX_OUTAGE_NANOS = TimeUnit.MINUTES.toNanos(10);

  private final Vertx vertx;
  private final WebhookHealth health;
  private final AttemptBroadcast broadcast;
  private final WebhookMeters meters;
  private final Tracing tracing;
  private final Batcher<AttemptRecord, Boolean> batcher;
  private boolean stopping;

  /** Who learns of attempts, other than the log. */
  public record Reports(
      WebhookHealth health, AttemptBroadcast broadcast, WebhookMeters meters, Tracing tracing) {}

  public AttemptRecorder(Vertx vertx, FinishStore store, Reports reports) {
    this.vertx = vertx;
    this.health = reports.health();
    this.broadcast = reports.broadcast();
    this.meters = reports.meters();
    this.tracing = reports.tracing();
    this.batcher = new Batcher<>(vertx, store::finish, MAX_PER_STATEMENT, Integer.MAX_VALUE);
  }

  /**
   * A recorded attempt.
   *
   * @param retryAfter until the next attempt; null if there is none
   */
  record Recorded(@Nullable Duration retryAfter) {}

  /** Records an attempt; never fails; null if it could not be recorded. */
  Future<@Nullable Recorded> record(ClaimedDelivery delivery, Webhook webhook, Attempt attempt) {
    health.attempted(webhook, attempt);
    boolean failed = attempt.result() != Result.DELIVERED;
    if (failed) {
      logFailed(delivery, attempt);
    }
    int failures = delivery.failures() + (failed ? 1 : 0);
    Duration retryAfter =
        failed
            ? RetryPolicy.next(webhook, attempt, failures, ThreadLocalRandom.current().nextDouble())
            : null;
    broadcast.attempted(delivery, attempt, retryAfter);
    meters.attempted(attempt, retryAfter);
    return write(new AttemptRecord(delivery, attempt, failures, retryAfter))
        .<@Nullable Recorded>map(
            claimHeld ->
                claimHeld ? recorded(delivery, attempt, retryAfter) : recordedTooLate(delivery))
        .otherwise(this::unknown);
  }

  private static void logFailed(ClaimedDelivery delivery, Attempt attempt) {
    if (log.isDebugEnabled()) {
      TraceContext.addId(log.atDebug(), delivery.envelope())
          .addKeyValue("webhookId", delivery.webhook())
          .addKeyValue("deliveryId", delivery.id())
          .addKeyValue("attempt", delivery.attempt())
          .addKeyValue("reason", attempt.errorClass())
          .log("Attempt failed");
    }
  }

  /** Tries again while the claim may hold: without the outcome the call would be repeated. */
  private Future<Boolean> write(AttemptRecord attemptRecord) {
    return batcher
        .add(attemptRecord)
        .recover(
            failure ->
                Database.isTransient(failure) && claimMayLast(attemptRecord.delivery())
                    ? vertx.timer(WRITE_AGAIN_MILLIS).compose(later -> write(attemptRecord))
                    : Future.failedFuture(failure));
  }

  /** No other node takes over an expired claim either until Postgres is back. */
  private boolean claimMayLast(ClaimedDelivery delivery) {
    long left = delivery.claimEnds() - System.nanoTime();
    return !stopping && left > -MAX_OUTAGE_NANOS;
  }

  private Recorded recorded(
      ClaimedDelivery delivery, Attempt attempt, @Nullable Duration retryAfter) {
    if (attempt.result() != Result.DELIVERED && retryAfter == null) {
      health.gaveUp(delivery, attempt);
    }
    if (retryAfter == null) {
      deliveryEnded(delivery, attempt);
    }
    return new Recorded(retryAfter);
  }

  private void deliveryEnded(ClaimedDelivery delivery, Attempt attempt) {
    if (tracing.isOn()) {
      tracing.delivered(
          delivery.traced(), new Tracing.DeliveryEnd(delivery.attempt(), attempt.errorClass()));
    }
  }

  private @Nullable Recorded recordedTooLate(ClaimedDelivery delivery) {
    meters.failed(Step.RECORD_TOO_LATE);
    TraceContext.addId(log.atWarn(), delivery.envelope())
        .addKeyValue("deliveryId", delivery.id())
        .addKeyValue("attempt", delivery.attempt())
        .log("The claim ran out before the attempt was recorded; another node took over");
    return null;
  }

  private @Nullable Recorded unknown(Throwable failure) {
    meters.failed(Step.RECORD);
    log.atWarn()
        .addKeyValue("reason", Reason.of(failure))
        .log("Can't record an attempt; it will be logged as node_lost");
    return null;
  }

  /** Records an attempt whose claim ran out: outcome unknown, no retry used up, due at once. */
  Future<?> lost(ClaimedDelivery delivery, boolean mayTryAgain) {
    Attempt unknown = new Attempt(Result.RETRY, null, null, "node_lost: the outcome is unknown", 0);
    Duration retryAfter = mayTryAgain ? Duration.ZERO : null;
    return batcher
        .add(new AttemptRecord(delivery, unknown, delivery.failures(), retryAfter))
        .onSuccess(
            claimHeld -> {
              if (claimHeld) {
                reportLost(delivery, unknown, retryAfter);
              }
            });
  }

  /**
   * Called only once it is written: otherwise the next node that finds it would report it again.
   */
  private void reportLost(
      ClaimedDelivery delivery, Attempt unknown, @Nullable Duration retryAfter) {
    broadcast.attempted(delivery, unknown, retryAfter);
    meters.attempted(unknown, retryAfter);
    if (retryAfter == null) {
      health.gaveUp(delivery, unknown);
      deliveryEnded(delivery, unknown);
    }
  }

  /** Records a call that was ended early: outcome unknown, no retry used up, due soon. */
  Future<Boolean> interrupted(ClaimedDelivery delivery, Attempt attempt) {
    broadcast.attempted(delivery, attempt, AFTER_INTERRUPTION);
    meters.attempted(attempt, AFTER_INTERRUPTION);
    return write(new AttemptRecord(delivery, attempt, delivery.failures(), AFTER_INTERRUPTION))
        .recover(
            failure -> {
              Recorded unused = unknown(failure);
              return Future.succeededFuture(false);
            });
  }

  /** Completes when no attempt waits to be written. */
  Future<Void> stop() {
    stopping = true;
    return batcher.drained();
  }
}
