package dev.switchboard.time;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.function.Consumer;

/** Runs actions later on an event loop; tests replace it to run them by hand. */
public interface LoopScheduler {
  /** An action that was scheduled. */
  interface Timer {
    /** Prevents the action from running, unless it has run already. */
    void cancel();
  }

  /** Runs {@code action} after everything that already waits for the event loop. */
  void next(Runnable action);

  /** Runs {@code action} once after {@code millis} milliseconds, at least 1. */
  @CanIgnoreReturnValue
  Timer after(long millis, Runnable action);

  /** Returns a scheduler for the event loop of the caller of each method. */
  static LoopScheduler of(Vertx vertx) {
    return by(vertx, action -> vertx.runOnContext(now -> action.run()));
  }

  /**
   * Returns a scheduler for the event loop that calls this method. Every thread may call {@link
   * #next}; timers may only be set on the event loop itself.
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
        return () -> vertx.cancelTimer(id);
      }
    };
  }
}
