package dev.switchboard.sessions;

import static java.util.Objects.requireNonNull;

import dev.switchboard.auth.Principal;
import dev.switchboard.event.LogId;
import dev.switchboard.event.TenantId;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where live sessions of one hub stand: one room per tenant, and nobody in another's. */
final class Rooms {
  private final Map<TenantId, Room> rooms = new HashMap<>();

  /** Null if nobody stands there. */
  @Nullable Room of(TenantId tenant) {
    return rooms.get(tenant);
  }

  /** Whether it gets the log's events live. */
  boolean hasJoined(Session session, LogId log) {
    Principal.Participant who = session.who();
    Room room = rooms.get(log.tenant());
    if (room == null || who == null) {
      return false;
    }
    return log.topic() != null ? room.holdsOnTopic(session, log.topic()) : room.holds(session, who);
  }

  /** The session has caught up with the log; to join twice changes nothing. */
  void join(Session session, LogId log) {
    Principal.Participant who = requireNonNull(session.who());
    Room room = rooms.computeIfAbsent(log.tenant(), tenant -> new Room());
    if (log.topic() != null) {
      room.joinTopic(session, log.topic());
    } else if (!room.holds(session, who)) {
      room.join(session, who);
    }
  }

  /** It no longer gets the log's events live. */
  void leave(Session session, LogId log) {
    Principal.Participant who = session.who();
    Room room = rooms.get(log.tenant());
    if (room == null) {
      return;
    }
    if (log.topic() != null) {
      room.leaveTopic(session, log.topic());
    } else if (who != null) {
      room.leave(session, who);
    }
    if (room.isEmpty()) {
      rooms.remove(log.tenant());
    }
  }

  /** Changes its filter, and with it its place in the room. */
  void refilter(Session session, EventFilter filter) {
    Principal.Participant who = requireNonNull(session.who());
    Room room = rooms.get(who.tenant());
    if (room == null || !room.holds(session, who)) {
      session.filter(filter);
      return;
    }
    room.leave(session, who);
    session.filter(filter);
    room.join(session, who);
  }
}
