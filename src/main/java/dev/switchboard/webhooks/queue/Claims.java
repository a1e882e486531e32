package dev.switchboard.webhooks.queue;

import dev.switchboard.bus.ClaimedDelivery;
import dev.switchboard.postgres.Batcher;
import dev.switchboard.webhooks.queue.ClaimStore.Unused;
import dev.switchboard.webhooks.report.WebhookMeters;
import dev.switchboard.webhooks.report.WebhookMeters.Step;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The dispatcher's dealings with the store: claims due deliveries, one statement at a time, gives
 * back those that are not called now, and knows whose backlog waits there. Belongs to one event
 * loop.
 */
public final class Claims {
  private static final Logger log = LoggerFactory.getLogger(Claims.class);
  private static final int GIVEN_BACK_PER_STATEMENT = 500;

  private final Vertx vertx;
  private final ClaimStore store;
  private final Supplier<ClaimBudget> claimBudget;
  private final Consumer<List<ClaimedDelivery>> claimed;
  private final WebhookMeters meters;
  private final Batcher<Unused, Boolean> givingBack;
  private final Backlog backlog = new Backlog();
  private boolean claiming;
  private boolean claimAgain;
  private boolean stopped;

  /** Claims within that {@code room}; what it got goes to {@code claimed}. */
  public Claims(
      Vertx vertx,
      ClaimStore store,
      Supplier<ClaimBudget> claimBudget,
      Consumer<List<ClaimedDelivery>> claimed,
      WebhookMeters meters) {
    this.vertx = vertx;
    this.store = store;
    this.claimBudget = claimBudget;
    this.claimed = claimed;
    this.meters = meters;
    this.givingBack =
        new Batcher<>(
            unused -> store.release(unused).map(Collections.nCopies(unused.size(), true)),
            GIVEN_BACK_PER_STATEMENT,
            1,
            Integer.MAX_VALUE);
  }

  /** Whether that webhook probably has more in the store. */
  public boolean hasBacklog(long webhook) {
    return backlog.of(webhook);
  }

  /** Looks for due work in the store, if there is room for any. */
  public void poll() {
    if (claiming) {
      claimAgain = true;
      return;
    }
    ClaimBudget free = claimBudget.get();
    if (stopped || free.total() <= 0) {
      return;
    }
    claiming = true;
    // Composed, so that what is thrown ends the claim as a failure does.
    Future.succeededFuture(free)
        .compose(store::claim)
        .<Void>map(
            deliveries -> {
              claimed(deliveries, free);
              return null;
            })
        .onFailure(failure -> failed(Step.CLAIM, "claim due deliveries", failure))
        .onComplete(done -> settled());
  }

  private void claimed(List<ClaimedDelivery> deliveries, ClaimBudget free) {
    backlog.claimed(deliveries, free);
    claimed.accept(deliveries);
  }

  private void settled() {
    claiming = false;
    if (claimAgain) {
      claimAgain = false;
      poll();
    }
  }

  /** Looks again when something will be due. */
  public void pollAfter(Duration pause) {
    if (!stopped) {
      long unused = vertx.setTimer(pause.toMillis() + 1, fired -> poll());
    }
  }

  /** Gives a claim back unused; completes when the store has it. */
  public Future<?> giveBack(ClaimedDelivery delivery, Duration pause) {
    backlog.add(delivery.webhook());
    return givingBack
        .add(new Unused(delivery, pause))
        .onFailure(failure -> failed(Step.GIVE_BACK, "give a delivery back", failure));
  }

  /** Nothing is claimed any more; giving back goes on. */
  public void stop() {
    stopped = true;
  }

  /** Completes when everything was given back that can be now. */
  public Future<Void> drained() {
    return givingBack.drained();
  }

  private void failed(Step step, String what, Throwable failure) {
    meters.failed(step);
    log.atWarn()
        .addKeyValue("reason", String.valueOf(failure.getMessage()))
        .log("Can't " + what + "; the sweep will");
  }
}
