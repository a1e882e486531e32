package dev.switchboard.redis;

import java.util.Collection;

/** A set of channels that is kept subscribed. */
public interface Subscription {
  /** Whether every wanted channel is being heard. */
  boolean isLive();

  /** Whether Redis confirmed the channel on the present connection. */
  boolean isConfirmed(String channel);

  /** Wants further channels; each is told once it is heard. */
  void add(Collection<String> channels);

  /** No longer wants channels. */
  void remove(Collection<String> channels);
}
