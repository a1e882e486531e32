package dev.switchboard.webhooks.report;

import dev.switchboard.bus.ClaimedDelivery;
import dev.switchboard.bus.WebhookNotices;
import dev.switchboard.bus.WebhookNotices.Notice;
import dev.switchboard.event.Reason;
import dev.switchboard.postgres.Database;
import dev.switchboard.webhooks.call.Attempt;
import dev.switchboard.webhooks.registry.Webhook;
import dev.switchboard.webhooks.report.HealthStore.Changed;
import dev.switchboard.webhooks.report.WebhookMeters.Step;
import io.vertx.core.Future;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts failed calls in a row, over all nodes and for days if necessary: notifies the tenants of
 * failing webhooks, and disables webhooks that never answer. A healthy webhook costs no statement.
 * Belongs to one event loop.
 */
public final class WebhookHealth {
  private static final Logger log = LoggerFactory.getLogger(WebhookHealth.class);

  /** Failed calls in a row after which the tenant is notified. */
  private static final int FAILING = 5;

  /** Failed calls in a row below which a webhook is not disabled, however long ago they were. */
  private static final int HOPELESS = 10;

  private static final int GONE = 410;
  private static final Duration BETWEEN_EXHAUSTED = Duration.ofMinutes(1);

  private final HealthStore store;
  private final WebhookNotices notices;
  private final Clock clock;
  private final WebhookMeters meters;
  private final Duration disableAfter;
  private final Map<Long, Streak> streaks = new HashMap<>();
  private final Map<Long, Instant> exhaustedNotices = new HashMap<>();
  private Set<Long> failing = new HashSet<>();

  /**
   * Ends when the last round ends. A refresh during a flush could miss a webhook that has left
   * memory and is not in the table yet; its recovery would not be noticed.
   */
  private Future<Void> round = Future.succeededFuture();

  /**
   * The calls of one webhook since the last round.
   *
   * @param before failed calls until one was answered
   * @param answered whether any was
   * @param since failed calls after the last that was answered
   */
  private record Streak(int before, boolean answered, int since) {
    static final Streak NONE = new Streak(0, false, 0);

    Streak withFailure() {
      return answered ? new Streak(before, true, since + 1) : new Streak(before + 1, false, 0);
    }

    Streak withAnswer() {
      return new Streak(before, true, 0);
    }
  }

  public WebhookHealth(
      Database database,
      WebhookNotices notices,
      Clock clock,
      Duration disableAfter,
      WebhookMeters meters) {
    this.store = new HealthStore(database);
    this.notices = notices;
    this.clock = clock;
    this.disableAfter = disableAfter;
    this.meters = meters;
  }

  /** Whether the last known call of {@code webhook} failed, on any node. */
  public boolean isFailing(long webhook) {
    return failing.contains(webhook);
  }

  /** Sets the gauge of failing webhooks. */
  public void observe() {
    meters.failing(failing.size());
  }

  /** Counts an attempt that ended. */
  public void attempted(Webhook webhook, Attempt attempt) {
    if (attempt.result() == Attempt.Result.DELIVERED) {
      if (failing.contains(webhook.id())) {
        update(webhook, Streak::withAnswer);
      }
      return;
    }
    failing.add(webhook.id());
    update(webhook, Streak::withFailure);
    if (attempt.responseCode() != null && attempt.responseCode() == GONE) {
      notifyDisabled(store.disableGone(webhook.id()), "the receiver answered 410");
    }
  }

  private void update(Webhook webhook, UnaryOperator<Streak> change) {
    streaks.put(webhook.id(), change.apply(streaks.getOrDefault(webhook.id(), Streak.NONE)));
  }

  /** Notifies the tenant that a delivery was given up, at most once a minute per webhook. */
  public void gaveUp(ClaimedDelivery delivery, Attempt attempt) {
    Instant now = clock.instant();
    Instant last = exhaustedNotices.get(delivery.webhook());
    boolean quiet = last == null || last.plus(BETWEEN_EXHAUSTED).isBefore(now);
    // A notice about a notice could repeat without end.
    if (!quiet || delivery.type().value().startsWith("webhook.")) {
      return;
    }
    exhaustedNotices.put(delivery.webhook(), now);
    notices.publish(
        Notice.of(delivery.tenant(), "exhausted", delivery.webhook())
            .with("event_id", delivery.event().value())
            .with("event", delivery.type().value())
            .with("attempts", delivery.attempt())
            .with("error", String.valueOf(attempt.error())));
  }

  /** Reads which webhooks other nodes saw fail; never fails. */
  public Future<Void> refresh() {
    return next(this::readFailing);
  }

  /** Writes down the calls since the last flush, in their order; never fails. */
  public Future<Void> flush() {
    return next(this::write);
  }

  private Future<Void> next(Supplier<Future<Void>> work) {
    round = round.otherwiseEmpty().compose(before -> work.get());
    return round;
  }

  private Future<Void> readFailing() {
    Instant old = clock.instant().minus(BETWEEN_EXHAUSTED);
    exhaustedNotices.values().removeIf(last -> last.isBefore(old));
    return store
        .failing()
        .onSuccess(
            known -> {
              failing = new HashSet<>(known);
              failing.addAll(streaks.keySet());
            })
        .compose(known -> store.forgetOrphans())
        .onFailure(failure -> warn("read failing webhooks", failure))
        .otherwiseEmpty()
        .mapEmpty();
  }

  private Future<Void> write() {
    Map<Long, Streak> seen = Map.copyOf(streaks);
    streaks.clear();
    return writeFailed(counts(seen, Streak::before))
        .compose(written -> writeAnswered(seen))
        .compose(written -> writeFailed(counts(seen, Streak::since)))
        .compose(written -> seen.isEmpty() ? Future.succeededFuture() : disable())
        .onFailure(failure -> warn("write failing webhooks", failure))
        .otherwiseEmpty()
        .mapEmpty();
  }

  private static Map<Long, Integer> counts(Map<Long, Streak> seen, ToIntFunction<Streak> count) {
    Map<Long, Integer> counts = new HashMap<>();
    seen.forEach(
        (id, streak) -> {
          if (count.applyAsInt(streak) > 0) {
            counts.put(id, count.applyAsInt(streak));
          }
        });
    return counts;
  }

  private Future<?> writeAnswered(Map<Long, Streak> seen) {
    List<Long> recovered = new ArrayList<>();
    seen.forEach(
        (id, streak) -> {
          if (streak.answered()) {
            recovered.add(id);
          }
          if (streak.answered() && streak.since() == 0 && !streaks.containsKey(id)) {
            failing.remove(id);
          }
        });
    if (recovered.isEmpty()) {
      return Future.succeededFuture();
    }
    return store.answered(recovered).onSuccess(changed -> notifyTenants(changed, "recovered"));
  }

  private Future<?> writeFailed(Map<Long, Integer> failed) {
    if (failed.isEmpty()) {
      return Future.succeededFuture();
    }
    return store
        .failed(failed)
        .compose(written -> store.announce(FAILING))
        .onSuccess(changed -> notifyTenants(changed, "failing"));
  }

  private Future<?> disable() {
    if (disableAfter.isZero()) {
      return Future.succeededFuture();
    }
    Future<List<Changed>> disabling = store.disableFailing(HOPELESS, disableAfter);
    notifyDisabled(disabling, "it failed for " + disableAfter.toHours() + " h");
    return disabling;
  }

  private void notifyTenants(List<Changed> changed, String what) {
    changed.forEach(one -> notices.publish(Notice.of(one.tenant(), what, one.id())));
  }

  private void notifyDisabled(Future<List<Changed>> disabling, String reason) {
    disabling
        .onSuccess(
            changed ->
                changed.forEach(
                    one ->
                        notices.publish(
                            Notice.of(one.tenant(), "disabled", one.id()).with("reason", reason))))
        .onFailure(failure -> warn("disable a webhook", failure));
  }

  private void warn(String action, Throwable failure) {
    meters.failed(Step.HEALTH);
    log.atWarn()
        .addKeyValue("action", action)
        .addKeyValue("reason", Reason.of(failure))
        .log("Can't update the health of webhooks; the next round will retry");
  }
}
