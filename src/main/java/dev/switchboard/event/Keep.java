package dev.switchboard.event;

import java.time.Instant;

/** What a kept event does to the state under its key. */
public sealed interface Keep {
  /** The state it is about. */
  KeptKey key();

  /**
   * The event is the state, until another event of the key.
   *
   * @param end when the state ends by itself, to the millisecond
   */
  record Until(KeptKey key, Instant end) implements Keep {}

  /** The event ends the state. */
  record Forget(KeptKey key) implements Keep {}
}
