package dev.switchboard.presence;

import dev.switchboard.event.EventId;
import dev.switchboard.event.PresenceEventId;
import dev.switchboard.event.UserId;
import java.util.ArrayList;
import java.util.List;

/**
 * A user came online or went offline.
 *
 * @param generation numbers the user's changes: later ones are greater
 * @param reason why the user went offline; {@code -} when coming
 */
public record PresenceChange(UserId user, long generation, boolean online, String reason) {
  /** Reads the changes of a user that wait, oldest first. */
  static List<PresenceChange> parse(UserId user, String waiting) {
    List<PresenceChange> changes = new ArrayList<>();
    if (!waiting.isEmpty()) {
      for (String text : waiting.split(";")) {
        String[] parts = text.split(" ");
        changes.add(
            new PresenceChange(
                user, Long.parseLong(parts[0]), parts[1].equals("online"), parts[2]));
      }
    }
    return changes;
  }

  /** {@code presence.online} or {@code presence.offline}. */
  public String type() {
    return online ? "presence.online" : "presence.offline";
  }

  /** The same on whichever node tells it, so that it is published once. */
  public EventId eventId() {
    return PresenceEventId.of(user, generation);
  }
}
