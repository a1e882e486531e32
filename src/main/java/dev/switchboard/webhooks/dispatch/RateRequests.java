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
 * Asks the buckets that all nodes share for calls under a rate, and says when it is worth trying
 * again. Belongs to one event loop.
 */
final class RateRequests {
  private static final Logger log = LoggerFactory.getLogger(RateRequests.class);

  private final Vertx vertx;
  private final RateStore store;
  private final Allowances allowances;
  private final WebhookMeters meters;
  private final Runnable tryAgain;
  private boolean wakeUpSet;
  private boolean stopped;

  RateRequests(
      Vertx vertx,
      RateStore store,
      Allowances allowances,
      WebhookMeters meters,
      Runnable tryAgain) {
    this.vertx = vertx;
    this.store = store;
    this.allowances = allowances;
    this.meters = meters;
    this.tryAgain = tryAgain;
  }

  /** Asks for what was wanted in vain. */
  void send() {
    List<Wanted> wanted = allowances.ask(System.nanoTime());
    if (!wanted.isEmpty() && !stopped) {
      store
          .take(wanted)
          .onSuccess(granted -> allowances.granted(granted, System.nanoTime()))
          .onFailure(failure -> refused(wanted, failure))
          .onComplete(answered -> tryAgain.run());
    }
    wakeUp();
  }

  private void refused(List<Wanted> wanted, Throwable failure) {
    allowances.refused(wanted, System.nanoTime());
    meters.failed(Step.RATE);
    log.atWarn()
        .addKeyValue("reason", String.valueOf(failure.getMessage()))
        .log("Can't ask for calls under a rate; trying again");
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
                tryAgain.run();
              });
    }
  }

  /** Nothing is asked for any more. */
  void stop() {
    stopped = true;
  }
}
