package dev.switchboard.sessions.lifecycle;

import dev.switchboard.auth.Principal;
import dev.switchboard.sessions.session.Session;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Consumer;

/**
 * The sessions of each user on this node, oldest first, so that a new one can take the place of the
 * oldest. All event loops share it; nobody sits here while {@code sessions.replaceOldest} is off.
 */
public final class UserSessions {
  private final ConcurrentMap<String, Deque<Seat>> users = new ConcurrentHashMap<>();

  /** A session, and what ends it, whichever thread calls. */
  private record Seat(Session session, Consumer<Session> replace) {}

  /**
   * Seats a session; the oldest of the same user leaves, if there are more than {@code most}.
   *
   * @param replace ends this one when its turn has come; callable from every thread
   */
  public void take(
      Principal.Participant who, Session session, int most, Consumer<Session> replace) {
    List<Seat> replaced = new ArrayList<>(1);
    Deque<Seat> unused =
        users.compute(
            SessionCount.userKey(who),
            (user, userSessions) -> {
              Deque<Seat> seated = userSessions == null ? new ArrayDeque<>(2) : userSessions;
              seated.add(new Seat(session, replace));
              while (seated.size() > most) {
                replaced.add(seated.remove());
              }
              return seated;
            });
    replaced.forEach(seat -> seat.replace().accept(seat.session()));
  }

  /** It has ended, for whatever reason. */
  public void leave(Session session) {
    Principal.Participant who = session.who();
    if (who != null) {
      Deque<Seat> unused =
          users.computeIfPresent(
              SessionCount.userKey(who),
              (user, userSessions) -> {
                boolean left = userSessions.removeIf(seat -> seat.session() == session);
                return left && userSessions.isEmpty() ? null : userSessions;
              });
    }
  }
}
