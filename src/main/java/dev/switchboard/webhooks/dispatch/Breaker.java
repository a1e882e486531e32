package dev.switchboard.webhooks.dispatch;

import java.time.Duration;

/**
 * A circuit breaker: stops the calls of a webhook of which too many fail, and tries a single one
 * from time to time.
 *
 * <pre>
 *            too many failures in the window          pause over
 *   closed ─────────────────────────────────► open ─────────────► half open
 *      ▲                                        ▲                  │      │
 *      │                                        └── probe failed ──┘      │
 *      └──────────────────────────── probe answered ──────────────────────┘
 * </pre>
 *
 * <p>Times are readings of a clock of nanoseconds. Belongs to one event loop.
 */
final class Breaker {
  private static final int MAX_PAUSE_FACTOR = 16;

  private final Rule rule;
  private State state;
  private int pauseFactor = 1;

  /**
   * When a breaker opens, and for how long.
   *
   * @param minCalls calls in the window below which it stays closed
   * @param failurePercent share of failed calls that opens it
   */
  record Rule(int minCalls, int failurePercent, Duration window, Duration pause) {}

  private sealed interface State {
    record Closed(long since, int calls, int failures) implements State {}

    record Open(long until) implements State {}

    record HalfOpen(boolean probing) implements State {}
  }

  Breaker(Rule rule, long now) {
    this.rule = rule;
    this.state = new State.Closed(now, 0, 0);
  }

  /** How many calls may start now, at most {@code max}. */
  int room(long now, int max) {
    if (state instanceof State.Open open && now - open.until() >= 0) {
      state = new State.HalfOpen(false);
    }
    if (state instanceof State.Closed) {
      return max;
    }
    return state instanceof State.HalfOpen half && !half.probing() ? 1 : 0;
  }

  /** How long it stays open; zero unless it is open. */
  Duration pauseLeft(long now) {
    return state instanceof State.Open open && now - open.until() < 0
        ? Duration.ofNanos(open.until() - now)
        : Duration.ZERO;
  }

  void started() {
    if (state instanceof State.HalfOpen) {
      state = new State.HalfOpen(true);
    }
  }

  /** Counts a call that ended; returns whether that opened the breaker. */
  boolean ended(boolean failed, long now) {
    if (state instanceof State.Closed closed) {
      return count(closed, failed, now);
    }
    if (state instanceof State.HalfOpen half && half.probing()) {
      if (failed) {
        pauseFactor = Math.min(MAX_PAUSE_FACTOR, pauseFactor * 2);
        open(now);
        return true;
      }
      pauseFactor = 1;
      state = new State.Closed(now, 1, 0);
    }
    // A call that started before it opened is not counted again.
    return false;
  }

  private boolean count(State.Closed closed, boolean failed, long now) {
    boolean fresh = now - closed.since() > rule.window().toNanos();
    int calls = (fresh ? 0 : closed.calls()) + 1;
    int failures = (fresh ? 0 : closed.failures()) + (failed ? 1 : 0);
    if (calls >= rule.minCalls() && failures * 100L >= (long) calls * rule.failurePercent()) {
      open(now);
      return true;
    }
    state = new State.Closed(fresh ? now : closed.since(), calls, failures);
    return false;
  }

  private void open(long now) {
    state = new State.Open(now + rule.pause().toNanos() * pauseFactor);
  }

  /** Whether calls may start without limit. */
  boolean isClosed() {
    return state instanceof State.Closed;
  }

  /** Whether it is the same as a new breaker. */
  boolean isIdle(long now) {
    return state instanceof State.Closed closed && now - closed.since() > rule.window().toNanos();
  }
}
