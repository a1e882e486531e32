package dev.switchboard.sessions.session;

import org.jspecify.annotations.Nullable;

/** Whether a client that reconnects or subscribes gets everything behind its position. */
public enum Recovery {
  /** The client named no position. */
  NOT_ASKED(null),
  /** Every log still holds all that follows the client's position. */
  COMPLETE(true),
  /** Some of it is lost; the client must reload what it shows. */
  LOST(false);

  private final @Nullable Boolean recovered;

  Recovery(@Nullable Boolean recovered) {
    this.recovered = recovered;
  }

  /** Value of {@code recovered} in a message to the client. */
  public @Nullable Boolean recovered() {
    return recovered;
  }
}
