package dev.switchboard.webhooks.dispatch;

import java.time.Duration;

/**
 * Keeps calls away from a webhook that hardly answers any, and tries a single one from time to
 * time.
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
   * When it opens, and for how long.
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

  /** How many calls it lets through now, at most. */
  int room(long now, int most) {
    if (state instanceof State.Open open && now - open.until() >= 0) {
      state = new State.HalfOpen(false);
    }
    if (state instanceof State.Closed) {
      return most;
    }
    return state instanceof State.HalfOpen half && !half.probing() ? 1 : 0;
  }

  /** How long it stays shut; zero unless open. */
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

  /** A call ended; whether that opened it. */
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
    // A call that began before it opened says nothing new.
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

  /** Whether it keeps nobody away. */
  boolean isClosed() {
    return state instanceof State.Closed;
  }

  /** Whether it holds nothing worth keeping. */
  boolean isIdle(long now) {
    return state instanceof State.Closed closed && now - closed.since() > rule.window().toNanos();
  }
}
