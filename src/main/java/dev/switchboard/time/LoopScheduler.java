package dev.switchboard.time;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.function.Consumer;

/** Runs actions later on an event loop; tests run them by hand. */
public interface LoopScheduler {
  /** An action that was scheduled. */
  interface Timer {
    /** Keeps the action from running, unless it has run. */
    void cancel();
  }

  /** Runs the action behind everything that waits for the event loop already. */
  void next(Runnable action);

  /** Runs the action once, after that many milliseconds, at least 1. */
  @CanIgnoreReturnValue
  Timer after(long millis, Runnable action);

  /** Schedules on the event loop that calls, whichever it is. */
  static LoopScheduler of(Vertx vertx) {
    return by(vertx, action -> vertx.runOnContext(now -> action.run()));
  }

  /**
   * Schedules on the event loop that calls this method. Every thread may call {@link #next}; timers
   * are for the event loop itself.
   */
  static LoopScheduler ofThisLoop(Vertx vertx) {
    Context loop = vertx.getOrCreateContext();
    return by(vertx, action -> loop.runOnContext(now -> action.run()));
  }

  private static LoopScheduler by(Vertx vertx, Consumer<Runnable> next) {
    return new LoopScheduler() {
      @Override
      public void next(Runnable action) {
        next.accept(action);
      }

      @Override
      public Timer after(long millis, Runnable action) {
        long id = vertx.setTimer(millis, fired -> action.run());
        return () -> {
          boolean unused = vertx.cancelTimer(id);
        };
      }
    };
  }
}
