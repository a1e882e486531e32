package dev.switchboard.bus;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.function.Consumer;

/** What an event loop does later; tests take the turns by hand. */
public interface Turns {
  /** Runs it behind whatever else waits for the loop. */
  void next(Runnable action);

  /** Runs it after a while. */
  void after(long millis, Runnable action);

  /** Those of the event loop that asks for one. */
  static Turns of(Vertx vertx) {
    return by(vertx, action -> vertx.runOnContext(now -> action.run()));
  }

  /** Those of the event loop that calls; every thread may ask for the next one. */
  static Turns ofThisLoop(Vertx vertx) {
    Context loop = vertx.getOrCreateContext();
    return by(vertx, action -> loop.runOnContext(now -> action.run()));
  }

  private static Turns by(Vertx vertx, Consumer<Runnable> next) {
    return new Turns() {
      @Override
      public void next(Runnable action) {
        next.accept(action);
      }

      @Override
      public void after(long millis, Runnable action) {
        long unused = vertx.setTimer(millis, fired -> action.run());
      }
    };
  }
}
