package dev.switchboard.sessions.session;

import dev.switchboard.event.LogId;
import dev.switchboard.event.Topic;
import dev.switchboard.sessions.session.LogSubscription.CatchingUp;
import dev.switchboard.sessions.session.LogSubscription.Live;
import dev.switchboard.sessions.session.LogSubscription.Waiting;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The logs one session is subscribed to, with its state in each: its tenant's log first, then those
 * of its topics in the order in which it subscribed. Belongs to the session's event loop.
 */
public final class SubscribedLogs {
  private final List<LogSubscription> subscriptions = new ArrayList<>(1);

  /** All of them; changes with this. */
  public List<LogSubscription> all() {
    return Collections.unmodifiableList(subscriptions);
  }

  /** Adds the first state of a subscription to a log that is not in here yet. */
  public void add(LogSubscription first) {
    subscriptions.add(first);
  }

  /**
   * Replaces {@code current} by {@code next}; does nothing if {@code current} was removed
   * meanwhile.
   */
  public void replace(LogSubscription current, LogSubscription next) {
    for (int i = 0; i < subscriptions.size(); i++) {
      if (subscriptions.get(i) == current) {
        subscriptions.set(i, next);
        return;
      }
    }
  }

  /** Removes the subscription to {@code log}; returns its last state, null if there was none. */
  public @Nullable LogSubscription remove(LogId log) {
    LogSubscription last = find(log);
    if (last != null) {
      subscriptions.remove(last);
    }
    return last;
  }

  /** The state in {@code log}; null if the session is not subscribed to it. */
  public @Nullable LogSubscription find(LogId log) {
    for (LogSubscription subscription : subscriptions) {
      if (subscription.log().equals(log)) {
        return subscription;
      }
    }
    return null;
  }

  /** Whether the session is subscribed to {@code log}, in any state. */
  public boolean contains(LogId log) {
    return find(log) != null;
  }

  /** Whether the session gets the events of {@code log} as they reach the hub. */
  public boolean isLive(LogId log) {
    return find(log) instanceof Live;
  }

  /** Whether {@code subscription} is still current: neither left nor replaced by another state. */
  public boolean isCurrent(CatchingUp subscription) {
    return find(subscription.log()) == subscription;
  }

  /** Whether the hub knows its position in every log of the session. */
  public boolean areAllOpen() {
    for (LogSubscription subscription : subscriptions) {
      if (subscription instanceof Waiting) {
        return false;
      }
    }
    return true;
  }

  /** Whether the session is catching up with any log. */
  public boolean isCatchingUp() {
    for (LogSubscription subscription : subscriptions) {
      if (subscription instanceof CatchingUp) {
        return true;
      }
    }
    return false;
  }

  /** The logs that the session is catching up with now; a copy. */
  public List<CatchingUp> catchingUp() {
    if (!isCatchingUp()) {
      return List.of();
    }
    List<CatchingUp> behind = new ArrayList<>(subscriptions.size());
    for (LogSubscription subscription : subscriptions) {
      if (subscription instanceof CatchingUp catchingUp) {
        behind.add(catchingUp);
      }
    }
    return behind;
  }

  /** Their ids; a copy. */
  public List<LogId> ids() {
    return subscriptions.stream().map(LogSubscription::log).toList();
  }

  /** The topics among them. */
  public List<Topic> topics() {
    return ids().stream().map(LogId::topic).filter(Objects::nonNull).toList();
  }
}
