package dev.switchboard.webhooks.dispatch;

import dev.switchboard.config.WebhooksConfig;
import dev.switchboard.webhooks.call.Attempt;
import dev.switchboard.webhooks.call.Attempt.Result;
import dev.switchboard.webhooks.report.BreakerStore.NodeBreaker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.LongPredicate;

/**
 * The circuit breakers of this node, one per webhook that fails. Times are nanoseconds of {@link
 * System#nanoTime}. Belongs to one event loop.
 */
final class Breakers {
  private final Breaker.Rule rule;
  private final Map<Long, Breaker> breakers = new HashMap<>();

  Breakers(WebhooksConfig config) {
    this.rule =
        new Breaker.Rule(
            config.breakerMinCalls(),
            config.breakerFailurePercent(),
            config.breakerHeldTime(),
            config.breakerWindow(),
            config.breakerPause());
  }

  /** How many calls of {@code webhook} may start now, at most {@code max}. */
  int room(long webhook, int max, long now) {
    Breaker breaker = breakers.get(webhook);
    return breaker == null ? max : breaker.room(now, max);
  }

  /** Passes each webhook whose calls are limited to {@code each}, with how many may start. */
  void forEachLimited(long now, BiConsumer<Long, Integer> each) {
    breakers.forEach(
        (webhook, breaker) -> {
          int room = breaker.room(now, Integer.MAX_VALUE);
          if (room < Integer.MAX_VALUE) {
            each.accept(webhook, room);
          }
        });
  }

  /** How long the breaker of {@code webhook} stays open; zero unless it is open. */
  Duration pauseLeft(long webhook, long now) {
    Breaker breaker = breakers.get(webhook);
    return breaker == null ? Duration.ZERO : breaker.pauseLeft(now);
  }

  void started(long webhook) {
    Breaker breaker = breakers.get(webhook);
    if (breaker != null) {
      breaker.started();
    }
  }

  void notCalled(long webhook) {
    Breaker breaker = breakers.get(webhook);
    if (breaker != null) {
      breaker.notCalled();
    }
  }

  /** Counts an attempt that ended; returns whether that opened the webhook's breaker. */
  boolean ended(long webhook, Attempt attempt, long now) {
    // A receiver that refuses a request works; only one that can't answer opens the breaker.
    boolean failed = attempt.result() == Result.RETRY;
    if (!failed && !breakers.containsKey(webhook)) {
      return false;
    }
    return breakers
        .computeIfAbsent(webhook, unknown -> new Breaker(rule, now))
        .ended(failed, Duration.ofMillis(attempt.durationMillis()), now);
  }

  /** Closes the breaker of {@code webhook}; returns whether it was not closed. */
  boolean close(long webhook, long now) {
    Breaker breaker = breakers.get(webhook);
    if (breaker == null || breaker.isClosed()) {
      return false;
    }
    breaker.close(now);
    return true;
  }

  /** Those that are not closed. */
  List<NodeBreaker> notClosed(long now) {
    List<NodeBreaker> notClosed = new ArrayList<>();
    breakers.forEach(
        (webhook, breaker) -> {
          Breaker.View view = breaker.view(now);
          if (view != null) {
            notClosed.add(new NodeBreaker(webhook, view.since(), view.nextTry()));
          }
        });
    return notClosed;
  }

  /** Removes idle breakers, and those of webhooks that {@code isKnown} does not accept. */
  void removeOld(LongPredicate isKnown, long now) {
    breakers
        .entrySet()
        .removeIf(entry -> entry.getValue().isIdle(now) || !isKnown.test(entry.getKey()));
  }
}
