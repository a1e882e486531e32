package dev.switchboard.sessions.subscriptions;

/** Sees the attempts at webhooks of one tenant, without being a session. */
public interface AttemptObserver {
  /** Attempts from now on are seen; may be called again. */
  void opened();

  /** A message about an attempt, or about attempts that were left out, as sockets get it. */
  void attempted(byte[] message);
}
