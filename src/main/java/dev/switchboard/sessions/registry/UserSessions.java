package dev.switchboard.sessions.registry;

import dev.switchboard.auth.Principal;
import dev.switchboard.bus.SessionClosed;
import dev.switchboard.sessions.session.Session;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * The sessions of each user on this node, oldest first, so that a new one can replace the oldest.
 * Shared by all event loops; empty while {@code sessions.replaceOldest} is off.
 */
public final class UserSessions implements SessionEndListener {
  private final ConcurrentMap<SessionCount.Owner, Deque<Entry>> owners = new ConcurrentHashMap<>();

  /** A session and the registry that ends it. */
  private record Entry(Session session, SessionRegistry registry) {}

  /**
   * Adds a session of {@code registry}, and ends the oldest of the same user while there are more
   * than {@code max}.
   */
  public void add(
      Principal.Participant principal, Session session, int max, SessionRegistry registry) {
    List<Entry> replaced = new ArrayList<>(1);
    Deque<Entry> unused =
        owners.compute(
            SessionCount.Owner.of(principal),
            (owner, present) -> {
              Deque<Entry> entries = present == null ? new ArrayDeque<>(2) : present;
              entries.add(new Entry(session, registry));
              while (entries.size() > max) {
                replaced.add(entries.remove());
              }
              return entries;
            });
    replaced.forEach(entry -> entry.registry().endAsReplaced(entry.session()));
  }

  @Override
  public void sessionEnded(Session session, SessionClosed.Reason reason) {
    Principal.Participant principal = session.principal();
    if (principal != null) {
      Deque<Entry> unused =
          owners.computeIfPresent(
              SessionCount.Owner.of(principal),
              (owner, entries) -> {
                boolean removed = entries.removeIf(entry -> entry.session() == session);
                return removed && entries.isEmpty() ? null : entries;
              });
    }
  }
}
