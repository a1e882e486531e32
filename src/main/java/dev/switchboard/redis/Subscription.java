package dev.switchboard.redis;

import java.util.Collection;

/** A set of channels that is kept subscribed. */
public interface Subscription {
  /** Whether Redis confirmed all channels on the present connection. */
  boolean isLive();

  /** Whether Redis confirmed the channel on the present connection. */
  boolean isConfirmed(String channel);

  /** Adds channels; each is reported once Redis has confirmed it. */
  void add(Collection<String> channels);

  /** Removes channels. */
  void remove(Collection<String> channels);
}
