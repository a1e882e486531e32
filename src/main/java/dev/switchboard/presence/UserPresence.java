package dev.switchboard.presence;

import dev.switchboard.event.UserId;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Presence of a user.
 *
 * @param connections number of live sessions and devices; 0 also during the grace period
 * @param lastSeen null if it is no longer known
 */
public record UserPresence(
    UserId user, boolean online, int connections, List<String> nodes, @Nullable Instant lastSeen) {
  public UserPresence {
    nodes = List.copyOf(nodes);
  }
}
