package dev.switchboard.webhooks.report;

import dev.switchboard.bus.ClaimedDelivery;
import dev.switchboard.bus.WebhookNotices;
import dev.switchboard.bus.WebhookNotices.Notice;
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
 * Watches which webhooks fail, for days if need be: tells their tenants, and switches off what
 * never answers. A healthy webhook costs it no statement. Belongs to one event loop.
 */
public final class WebhookHealth {
  private static final Logger log = LoggerFactory.getLogger(WebhookHealth.class);

  /** Failed calls in a row that are worth telling. */
  private static final int FAILING = 5;

  /** Failed calls below which a quiet webhook is not switched off, however long ago they were. */
  private static final int HOPELESS = 10;

  private static final int GONE = 410;
  private static final Duration BETWEEN_EXHAUSTED = Duration.ofMinutes(1);

  private final HealthStore store;
  private final WebhookNotices notices;
  private final Clock clock;
  private final WebhookMeters meters;
  private final Duration disableAfter;
  private final Map<Long, Streak> streaks = new HashMap<>();
  private final Map<Long, Instant> exhaustedTold = new HashMap<>();
  private Set<Long> failing = new HashSet<>();

  /**
   * Ends when the last round ends. A refresh beside a flush could miss a webhook that is in memory
   * no more and in the table not yet; its recovery would not be noticed.
   */
  private Future<Void> round = Future.succeededFuture();

  /**
   * What one webhook did since the last round.
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

  /** An attempt was made. */
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
      tellDisabled(store.disableGone(webhook.id()), "the receiver answered 410");
    }
  }

  private void update(Webhook webhook, UnaryOperator<Streak> change) {
    streaks.put(webhook.id(), change.apply(streaks.getOrDefault(webhook.id(), Streak.NONE)));
  }

  /** A delivery was given up. */
  public void gaveUp(ClaimedDelivery delivery, Attempt attempt) {
    Instant now = clock.instant();
    Instant told = exhaustedTold.get(delivery.webhook());
    boolean quiet = told == null || told.plus(BETWEEN_EXHAUSTED).isBefore(now);
    // A notice about a notice could go on for ever.
    if (!quiet || delivery.type().value().startsWith("webhook.")) {
      return;
    }
    exhaustedTold.put(delivery.webhook(), now);
    notices.publish(
        Notice.of(delivery.tenant(), "exhausted", delivery.webhook())
            .with("event_id", delivery.event().value())
            .with("event", delivery.type().value())
            .with("attempts", delivery.attempt())
            .with("error", String.valueOf(attempt.error())));
  }

  /** Learns what other nodes saw, and forgets what is old; never fails. */
  public Future<Void> refresh() {
    return next(this::learn);
  }

  /** Writes down what was seen since the last time, in the order it happened; never fails. */
  public Future<Void> flush() {
    return next(this::note);
  }

  private Future<Void> next(Supplier<Future<Void>> work) {
    round = round.otherwiseEmpty().compose(before -> work.get());
    return round;
  }

  private Future<Void> learn() {
    Instant old = clock.instant().minus(BETWEEN_EXHAUSTED);
    exhaustedTold.values().removeIf(told -> told.isBefore(old));
    return store
        .failing()
        .onSuccess(
            known -> {
              failing = new HashSet<>(known);
              failing.addAll(streaks.keySet());
            })
        .compose(known -> store.forgetOrphans())
        .onFailure(failure -> warn("look at failing webhooks", failure))
        .otherwiseEmpty()
        .mapEmpty();
  }

  private Future<Void> note() {
    Map<Long, Streak> seen = Map.copyOf(streaks);
    streaks.clear();
    return noteFailed(counts(seen, Streak::before))
        .compose(noted -> noteAnswered(seen))
        .compose(noted -> noteFailed(counts(seen, Streak::since)))
        .compose(noted -> seen.isEmpty() ? Future.succeededFuture() : disable())
        .onFailure(failure -> warn("note which webhooks fail", failure))
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

  private Future<?> noteAnswered(Map<Long, Streak> seen) {
    List<Long> well = new ArrayList<>();
    seen.forEach(
        (id, streak) -> {
          if (streak.answered()) {
            well.add(id);
          }
          if (streak.answered() && streak.since() == 0 && !streaks.containsKey(id)) {
            failing.remove(id);
          }
        });
    if (well.isEmpty()) {
      return Future.succeededFuture();
    }
    return store.answered(well).onSuccess(changed -> tell(changed, "recovered"));
  }

  private Future<?> noteFailed(Map<Long, Integer> failed) {
    if (failed.isEmpty()) {
      return Future.succeededFuture();
    }
    return store
        .failed(failed)
        .compose(noted -> store.announce(FAILING))
        .onSuccess(changed -> tell(changed, "failing"));
  }

  private Future<?> disable() {
    if (disableAfter.isZero()) {
      return Future.succeededFuture();
    }
    Future<List<Changed>> disabling = store.disableFailing(HOPELESS, disableAfter);
    tellDisabled(disabling, "it failed for " + disableAfter.toHours() + " h");
    return disabling;
  }

  private void tell(List<Changed> changed, String what) {
    changed.forEach(one -> notices.publish(Notice.of(one.tenant(), what, one.id())));
  }

  private void tellDisabled(Future<List<Changed>> disabling, String reason) {
    disabling
        .onSuccess(
            changed ->
                changed.forEach(
                    one ->
                        notices.publish(
                            Notice.of(one.tenant(), "disabled", one.id()).with("reason", reason))))
        .onFailure(failure -> warn("switch a webhook off", failure));
  }

  private void warn(String what, Throwable failure) {
    meters.failed(Step.HEALTH);
    log.atWarn()
        .addKeyValue("reason", String.valueOf(failure.getMessage()))
        .log("Can't " + what + " now; the next round will");
  }
}
