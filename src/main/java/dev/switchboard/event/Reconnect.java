package dev.switchboard.event;

/** What a client should do after the server has closed its session. */
public enum Reconnect {
  /** Reconnect at once, or after the time the server named, and resume from the last position. */
  RESUME,
  /** Reconnect after a backoff with a random part. */
  BACK_OFF,
  /** Reconnect with another token; the same one would be refused again. */
  NEW_TOKEN,
  /** Reconnect only with a different request; the same one would be refused again. */
  NEW_REQUEST,
  /** Do not reconnect. */
  NEVER
}
