package dev.switchboard.client.session;

import dev.switchboard.client.platform.Loop;

/** Random pauses below a limit that doubles with each failure ("full jitter"), in milliseconds. */
final class Backoff {
  static final long SECOND = 1_000;

  private static final long BASE = SECOND / 2;
  private static final long MAX = 20 * SECOND;
  private static final int MAX_DOUBLINGS = 16;

  private final Loop loop;

  Backoff(Loop loop) {
    this.loop = loop;
  }

  long pause(int failures) {
    return pause(failures, BASE);
  }

  long pause(int failures, long base) {
    return random(Math.min(MAX, base << Math.min(failures, MAX_DOUBLINGS)));
  }

  /** Returns a random time up to that many milliseconds. */
  long random(long limit) {
    return Math.round(loop.random() * limit);
  }
}
