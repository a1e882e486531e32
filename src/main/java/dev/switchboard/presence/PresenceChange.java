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
 * @param reason why the user went offline; {@code -} when the user came online
 */
public record PresenceChange(UserId user, long generation, boolean online, String reason) {
  /** Parses a user's unsent changes, oldest first. */
  static List<PresenceChange> parse(UserId user, String unsent) {
    List<PresenceChange> changes = new ArrayList<>();
    if (!unsent.isEmpty()) {
      for (String text : unsent.split(";")) {
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

  /** The same on every node, so that the change is published once. */
  public EventId eventId() {
    return PresenceEventId.of(user, generation);
  }
}
