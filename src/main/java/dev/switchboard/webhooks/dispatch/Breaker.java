package dev.switchboard.webhooks.dispatch;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A circuit breaker: stops the calls of a webhook of which too many fail, or whose failing calls
 * hold workers for too long, and tries a single one from time to time.
 *
 * <pre>
 *            too many failures in the window          pause over
 *   closed ─────────────────────────────────► open ─────────────► half open
 *      ▲                                        ▲                  │      │
 *      │                                        └── probe failed ──┘      │
 *      └───────────────── probe or a test call answered ──────────────────┘
 * </pre>
 *
 * <p>Times are nanoseconds of {@link System#nanoTime}. Belongs to one event loop.
 */
final class Breaker {
  private static final int MAX_PAUSE_FACTOR = 16;

  /** A half open breaker that nothing probes is forgotten after that time. */
  private static final Duration MAX_UNUSED = Duration.ofHours(1);

  private final Rule rule;
  private State state;
  private long openedAt;
  private int pauseFactor = 1;

  /**
   * When a breaker opens, and for how long.
   *
   * @param minCalls calls in the window below which it stays closed
   * @param failurePercent share of failed calls, or of the time that they hold workers, that opens
   *     it
   * @param heldTime time that failed calls hold workers in the window, from which it opens with
   *     fewer calls, too
   */
  record Rule(
      int minCalls, int failurePercent, Duration heldTime, Duration window, Duration pause) {
    boolean isBroken(Tally tally) {
      return (tally.calls() >= minCalls && isTooMuch(tally.failures(), tally.calls()))
          || (tally.failedMillis() >= heldTime.toMillis()
              && isTooMuch(tally.failedMillis(), tally.heldMillis()));
    }

    private boolean isTooMuch(long failed, long all) {
      return failed * 100 >= all * failurePercent;
    }
  }

  /** The calls of a window, and how long they held workers. */
  private record Tally(int calls, int failures, long heldMillis, long failedMillis) {
    static final Tally NONE = new Tally(0, 0, 0, 0);

    Tally with(boolean failed, Duration held) {
      long millis = held.toMillis();
      return new Tally(
          calls + 1,
          failures + (failed ? 1 : 0),
          heldMillis + millis,
          failedMillis + (failed ? millis : 0));
    }
  }

  private sealed interface State {
    record Closed(long since, Tally tally) implements State {}

    record Open(long until) implements State {}

    record HalfOpen(long since, boolean probing) implements State {}
  }

  /**
   * What the breaker shows of itself while it is not closed.
   *
   * @param since how long ago it opened, also if a probe failed since then
   * @param nextTry until the next probe may start; null while it is half open
   */
  record View(Duration since, @Nullable Duration nextTry) {}

  Breaker(Rule rule, long now) {
    this.rule = rule;
    this.state = new State.Closed(now, Tally.NONE);
    this.openedAt = now;
  }

  /** How many calls may start now, at most {@code max}. */
  int room(long now, int max) {
    if (state instanceof State.Open open && now - open.until() >= 0) {
      state = new State.HalfOpen(open.until(), false);
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
    if (state instanceof State.HalfOpen half) {
      state = new State.HalfOpen(half.since(), true);
    }
  }

  /** Undoes {@link #started}. */
  void notCalled() {
    if (state instanceof State.HalfOpen half) {
      state = new State.HalfOpen(half.since(), false);
    }
  }

  /** Counts a call that ended after {@code held}; returns whether that opened the breaker. */
  boolean ended(boolean failed, Duration held, long now) {
    if (state instanceof State.Closed closed) {
      return count(closed, failed, held, now);
    }
    if (state instanceof State.HalfOpen half && half.probing()) {
      if (failed) {
        pauseFactor = Math.min(MAX_PAUSE_FACTOR, pauseFactor * 2);
        open(now);
        return true;
      }
      close(now);
    }
    // A call that started before it opened is not counted again.
    return false;
  }

  private boolean count(State.Closed closed, boolean failed, Duration held, long now) {
    boolean fresh = now - closed.since() > rule.window().toNanos();
    Tally tally = (fresh ? Tally.NONE : closed.tally()).with(failed, held);
    if (failed && rule.isBroken(tally)) {
      openedAt = now;
      open(now);
      return true;
    }
    state = new State.Closed(fresh ? now : closed.since(), tally);
    return false;
  }

  /** Closes it, because the receiver answers. */
  void close(long now) {
    pauseFactor = 1;
    state = new State.Closed(now, Tally.NONE);
  }

  private void open(long now) {
    state = new State.Open(now + rule.pause().toNanos() * pauseFactor);
  }

  /** Whether calls may start without limit. */
  boolean isClosed() {
    return state instanceof State.Closed;
  }

  /** What it shows of itself; null while it is closed. */
  @Nullable View view(long now) {
    if (state instanceof State.Closed) {
      return null;
    }
    Duration left = pauseLeft(now);
    return new View(Duration.ofNanos(now - openedAt), left.isZero() ? null : left);
  }

  /** Whether it is the same as a new breaker, or nothing was due for it for a long time. */
  boolean isIdle(long now) {
    if (state instanceof State.Closed closed) {
      return now - closed.since() > rule.window().toNanos();
    }
    return state instanceof State.HalfOpen half
        && !half.probing()
        && now - half.since() > MAX_UNUSED.toNanos();
  }
}
