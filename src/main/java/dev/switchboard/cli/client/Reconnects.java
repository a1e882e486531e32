package dev.switchboard.cli.client;

import dev.switchboard.time.Backoff;
import java.time.Duration;

/** How long clients pause before they connect again. */
final class Reconnects {
  private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
  private static final Duration MAX_PAUSE = Duration.ofSeconds(20);

  private Reconnects() {}

  static Backoff backoff() {
    return new Backoff(FIRST_PAUSE, MAX_PAUSE);
  }
}
