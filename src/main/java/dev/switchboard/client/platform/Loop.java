package dev.switchboard.client.platform;

/** The one thread on which everything of a client happens, and its clock. */
public interface Loop {
  /** Runs a task on the thread, behind those that were given before. */
  void execute(Runnable task);

  /** Runs a task on the thread after that many milliseconds. */
  Timer schedule(long delayMillis, Runnable task);

  /** Milliseconds since 1970. */
  long now();

  /** A random number from 0 to 1. */
  double random();

  /** A task that has not run yet. */
  interface Timer {
    void cancel();
  }
}
