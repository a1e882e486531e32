package dev.switchboard.webhooks.dispatch;

import dev.switchboard.webhooks.queue.RateStore;
import dev.switchboard.webhooks.queue.RateStore.Wanted;
import dev.switchboard.webhooks.report.WebhookMeters;
import dev.switchboard.webhooks.report.WebhookMeters.Step;
import io.vertx.core.Vertx;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Requests calls from the rate buckets that all nodes share, and starts deliveries again when there
 * may be some. Belongs to one event loop.
 */
final class RateRequests {
  private static final Logger log = LoggerFactory.getLogger(RateRequests.class);

  private final Vertx vertx;
  private final RateStore store;
  private final Allowances allowances;
  private final WebhookMeters meters;
  private final Runnable startReady;
  private boolean wakeUpSet;
  private boolean stopped;

  RateRequests(
      Vertx vertx,
      RateStore store,
      Allowances allowances,
      WebhookMeters meters,
      Runnable startReady) {
    this.vertx = vertx;
    this.store = store;
    this.allowances = allowances;
    this.meters = meters;
    this.startReady = startReady;
  }

  /** Requests the calls that could not start for lack of an allowance. */
  void send() {
    List<Wanted> wanted = allowances.takeRequest(System.nanoTime());
    if (!wanted.isEmpty() && !stopped) {
      store
          .take(wanted)
          .onSuccess(granted -> allowances.granted(granted, System.nanoTime()))
          .onFailure(failure -> failed(wanted, failure))
          .onComplete(answered -> startReady.run());
    }
    wakeUp();
  }

  private void failed(List<Wanted> wanted, Throwable failure) {
    allowances.failed(wanted, System.nanoTime());
    meters.failed(Step.RATE);
    log.atWarn()
        .addKeyValue("reason", String.valueOf(failure.getMessage()))
        .log("Can't request calls under a rate; retrying");
  }

  private void wakeUp() {
    long wait = allowances.waitMillis(System.nanoTime());
    if (wait > 0 && !wakeUpSet && !stopped) {
      wakeUpSet = true;
      long unused =
          vertx.setTimer(
              wait,
              fired -> {
                wakeUpSet = false;
                startReady.run();
              });
    }
  }

  /** Sends no more requests. */
  void stop() {
    stopped = true;
  }
}
