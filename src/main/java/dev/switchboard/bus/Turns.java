package dev.switchboard.bus;

import io.vertx.core.Vertx;

/** What an event loop does later; tests take the turns by hand. */
public interface Turns {
  /** Runs it behind whatever else waits for the loop. */
  void next(Runnable action);

  /** Runs it after a while. */
  void after(long millis, Runnable action);

  /** Those of the calling event loop. */
  static Turns of(Vertx vertx) {
    return new Turns() {
      @Override
      public void next(Runnable action) {
        vertx.runOnContext(now -> action.run());
      }

      @Override
      public void after(long millis, Runnable action) {
        long unused = vertx.setTimer(millis, fired -> action.run());
      }
    };
  }
}
