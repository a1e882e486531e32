package dev.switchboard.time;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.vertx.core.Future;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs rounds of work, one after the other, until it is stopped. A round that throws or whose
 * future fails is logged and counted, and the next one follows all the same.
 *
 * <pre>
 *           start              pause over, or runNow
 *   IDLE ──────────► WAITING ────────────────────────► RUNNING
 *     │ startNow        ▲                               │  ▲
 *     │                 └───────────────────────────────┘  │
 *     │                           round ended              │
 *     └────────────────────────────────────────────────────┘      from everywhere: stop ─► STOPPED
 * </pre>
 *
 * <p>Rounds run on the event loop that starts the task; only {@link #stop} may be called from every
 * thread.
 */
public final class RepeatingTask {
  /** The pause if the schedule itself throws. */
  private static final long FALLBACK_MILLIS = 1_000;

  private sealed interface State {}

  private record Idle() implements State {}

  private record Waiting(LoopScheduler.Timer timer) implements State {}

  /** A round is in flight; {@code again} if the next one follows it without a pause. */
  private record Running(boolean again) implements State {}

  private record Stopped() implements State {}

  private final RepeatingTasks tasks;
  private final Schedule schedule;
  private final Supplier<? extends Future<?>> round;
  private final TaskFailures failures;
  private State state = new Idle();

  RepeatingTask(
      RepeatingTasks tasks,
      Schedule schedule,
      Supplier<? extends Future<?>> round,
      TaskFailures failures) {
    this.tasks = tasks;
    this.schedule = schedule;
    this.round = round;
    this.failures = failures;
  }

  /** Begins the first round after one pause; does nothing if the task was started or stopped. */
  public synchronized void start() {
    if (state instanceof Idle) {
      waitFor(pauseMillis(0));
    }
  }

  /**
   * Begins the first round now.
   *
   * @return the outcome of that round, after which the task continues in any case; fails if the
   *     task was started or stopped before
   */
  public Future<Void> startNow() {
    synchronized (this) {
      if (!(state instanceof Idle)) {
        return Future.failedFuture(
            new IllegalStateException("the task was started or stopped before"));
      }
      state = new Running(false);
    }
    return run();
  }

  /**
   * Begins the next round now instead of after the pause. If a round is in flight, another one
   * follows it at once. Does nothing before the start and after the stop.
   */
  public void runNow() {
    synchronized (this) {
      if (state instanceof Running) {
        state = new Running(true);
      }
      if (!(state instanceof Waiting waiting)) {
        return;
      }
      waiting.timer().cancel();
      state = new Running(false);
    }
    run();
  }

  /** Begins no further round; one in flight ends by itself. May be called again. */
  public synchronized void stop() {
    if (state instanceof Waiting waiting) {
      waiting.timer().cancel();
    }
    state = new Stopped();
  }

  /**
   * Returns whether the task was stopped, so that a round in flight can skip the rest of its work.
   */
  public synchronized boolean isStopped() {
    return state instanceof Stopped;
  }

  private void pauseOver() {
    synchronized (this) {
      if (!(state instanceof Waiting)) {
        return;
      }
      state = new Running(false);
    }
    run();
  }

  /** Runs one round; composed, so that an exception that it throws fails the future. */
  @CanIgnoreReturnValue
  private Future<Void> run() {
    long begun = tasks.nanos();
    return Future.succeededFuture()
        .compose(go -> round.get().<Void>mapEmpty())
        .onComplete(ended -> ended((tasks.nanos() - begun) / 1_000_000, ended.cause()));
  }

  private synchronized void ended(long tookMillis, @Nullable Throwable failure) {
    if (!(state instanceof Running running)) {
      return;
    }
    if (failure == null) {
      failures.succeeded();
    } else {
      failures.failed(failure);
    }
    waitFor(running.again() ? 1 : pauseMillis(tookMillis));
  }

  private void waitFor(long millis) {
    state = new Waiting(tasks.after(millis, this::pauseOver));
  }

  private long pauseMillis(long tookMillis) {
    try {
      return schedule.pauseMillis(tookMillis, tasks.random());
    } catch (RuntimeException failure) {
      failures.failed(failure);
      return FALLBACK_MILLIS;
    }
  }
}
