package dev.switchboard.webhooks.queue;

import dev.switchboard.bus.ClaimedDelivery;
import dev.switchboard.event.Reason;
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
 * Claims due deliveries for the dispatcher, one statement at a time, gives back those that are not
 * called now, and remembers which webhooks have a backlog in the store. Belongs to one event loop.
 */
public final class Claims {
  private static final Logger log = LoggerFactory.getLogger(Claims.class);
  private static final int MAX_GIVEN_BACK_PER_STATEMENT = 500;
  private static final int MAX_MARKED_PER_STATEMENT = 200;

  private final Vertx vertx;
  private final ClaimStore store;
  private final Supplier<ClaimBudget> claimBudget;
  private final Consumer<List<ClaimedDelivery>> claimed;
  private final WebhookMeters meters;
  private final Batcher<Unused, Boolean> givingBack;
  private final Batcher<ClaimedDelivery, Boolean> marking;
  private final Backlog backlog = new Backlog();
  private boolean claiming;
  private boolean claimAgain;
  private boolean stopped;

  /** Claims within {@code claimBudget}; claimed deliveries go to {@code claimed}. */
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
            vertx,
            unused -> store.release(unused).map(Collections.nCopies(unused.size(), true)),
            MAX_GIVEN_BACK_PER_STATEMENT,
            Integer.MAX_VALUE);
    this.marking =
        new Batcher<>(vertx, store::markCalled, MAX_MARKED_PER_STATEMENT, Integer.MAX_VALUE);
  }

  /** Whether {@code webhook} probably has due deliveries in the store. */
  public boolean hasBacklog(long webhook) {
    return backlog.has(webhook);
  }

  /** Claims due deliveries, if the budget allows any. */
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
    // Composed, so that an exception ends the claim like a failed future.
    Future.succeededFuture(free)
        .compose(store::claim)
        .<Void>map(
            deliveries -> {
              claimed(deliveries, free);
              return null;
            })
        .onFailure(failure -> failed(Step.CLAIM, failure))
        .onComplete(done -> claimEnded());
  }

  private void claimed(List<ClaimedDelivery> deliveries, ClaimBudget free) {
    backlog.claimed(deliveries, free);
    claimed.accept(deliveries);
  }

  private void claimEnded() {
    claiming = false;
    if (claimAgain) {
      claimAgain = false;
      poll();
    }
  }

  /** Polls again after {@code pause}. */
  public void pollAfter(Duration pause) {
    if (!stopped) {
      long unused = vertx.setTimer(pause.toMillis() + 1, fired -> poll());
    }
  }

  /** Gives a claim back unused, due after {@code pause}; completes when that is stored. */
  public Future<?> giveBack(ClaimedDelivery delivery, Duration pause) {
    backlog.add(delivery.webhook());
    return givingBack
        .add(new Unused(delivery, pause))
        .onFailure(failure -> failed(Step.GIVE_BACK, failure));
  }

  /**
   * Marks a delivery as called, before its call begins. Without the mark, a delivery whose node
   * dies goes back to the queue as if it had not been claimed.
   *
   * @return whether it may be called: its claim still holds
   */
  public Future<Boolean> markCalled(ClaimedDelivery delivery) {
    return marking.add(delivery).onFailure(failure -> failed(Step.CLAIM, failure));
  }

  /** Ends a delivery that is not owed after all. */
  public Future<?> drop(ClaimedDelivery delivery) {
    return store.endUnwanted(delivery).onFailure(failure -> failed(Step.GIVE_BACK, failure));
  }

  /** Makes deliveries of {@code webhook} due that were given back with a pause, and claims them. */
  public void bringForward(long webhook) {
    store
        .bringForward(webhook)
        .onFailure(failure -> failed(Step.CLAIM, failure))
        .onSuccess(done -> poll());
  }

  /** Claims nothing more; deliveries can still be given back. */
  public void stop() {
    stopped = true;
  }

  /** Completes when no statement that gives back is in flight or waiting. */
  public Future<Void> drained() {
    return givingBack.drained();
  }

  private void failed(Step step, Throwable failure) {
    meters.failed(step);
    log.atWarn()
        .addKeyValue("step", step)
        .addKeyValue("reason", Reason.of(failure))
        .log("Can't claim deliveries or give them back; the sweep will retry");
  }
}
