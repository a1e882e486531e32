package dev.switchboard.webhooks;

import dev.switchboard.bus.OwedDelivery;
import dev.switchboard.webhooks.HealthStore.Changed;
import dev.switchboard.webhooks.WebhookNotices.Notice;
import io.vertx.core.Future;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches which webhooks fail, for days if need be: tells their tenants, and switches off what
 * never answers. A healthy webhook costs it no statement. Belongs to one event loop.
 */
final class HealthLedger {
  private static final Logger log = LoggerFactory.getLogger(HealthLedger.class);

  /** Failed calls in a row that are worth telling. */
  private static final int FAILING = 5;

  /** Failed calls below which a quiet webhook is not switched off, however long ago they were. */
  private static final int HOPELESS = 10;

  private static final int GONE = 410;
  private static final Duration BETWEEN_EXHAUSTED = Duration.ofMinutes(1);

  private final HealthStore store;
  private final WebhookNotices notices;
  private final Clock clock;
  private final Duration disableAfter;
  private final Map<Long, Integer> failures = new HashMap<>();
  private final Set<Long> answered = new HashSet<>();
  private final Map<Long, Instant> exhaustedTold = new HashMap<>();
  private Set<Long> failing = new HashSet<>();

  HealthLedger(HealthStore store, WebhookNotices notices, Clock clock, Duration disableAfter) {
    this.store = store;
    this.notices = notices;
    this.clock = clock;
    this.disableAfter = disableAfter;
  }

  /** An attempt was made. */
  void attempted(Webhook webhook, Attempt attempt) {
    if (attempt.result() == Attempt.Result.DELIVERED) {
      failures.remove(webhook.id());
      if (failing.contains(webhook.id())) {
        answered.add(webhook.id());
      }
      return;
    }
    failing.add(webhook.id());
    failures.merge(webhook.id(), 1, Integer::sum);
    if (attempt.responseCode() != null && attempt.responseCode() == GONE) {
      tellDisabled(store.disableGone(webhook.id()), "the receiver answered 410");
    }
  }

  /** A delivery was given up. */
  void gaveUp(OwedDelivery delivery, Attempt attempt) {
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

  /** Learns what other nodes saw, and forgets what is old. */
  Future<Void> refresh() {
    Instant old = clock.instant().minus(BETWEEN_EXHAUSTED);
    exhaustedTold.values().removeIf(told -> told.isBefore(old));
    return store
        .failing()
        .onSuccess(
            known -> {
              failing = new HashSet<>(known);
              failing.addAll(failures.keySet());
            })
        .compose(known -> store.forgetOrphans())
        .onFailure(failure -> warn("look at failing webhooks", failure))
        .otherwiseEmpty()
        .mapEmpty();
  }

  /** Writes down what was seen since the last time; never fails. */
  Future<Void> flush() {
    Map<Long, Integer> failed = new HashMap<>(failures);
    Set<Long> well = new HashSet<>(answered);
    well.removeAll(failed.keySet());
    failures.clear();
    answered.clear();
    return noteAnswered(well)
        .compose(noted -> noteFailed(failed))
        .onFailure(failure -> warn("note which webhooks fail", failure))
        .otherwiseEmpty()
        .mapEmpty();
  }

  private Future<?> noteAnswered(Set<Long> well) {
    if (well.isEmpty()) {
      return Future.succeededFuture();
    }
    failing.removeAll(well);
    return store.answered(well).onSuccess(changed -> tell(changed, "recovered"));
  }

  private Future<?> noteFailed(Map<Long, Integer> failed) {
    if (failed.isEmpty()) {
      return Future.succeededFuture();
    }
    return store
        .failed(failed)
        .compose(noted -> store.announce(FAILING))
        .onSuccess(changed -> tell(changed, "failing"))
        .compose(told -> disable());
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

  private static void warn(String what, Throwable failure) {
    log.atWarn()
        .addKeyValue("reason", String.valueOf(failure.getMessage()))
        .log("Can't " + what + " now; the next round will");
  }
}
