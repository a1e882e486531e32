package dev.switchboard.presence;

import dev.switchboard.event.UserId;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a user stands.
 *
 * @param connections live sessions and devices; 0 also while the grace runs
 * @param lastSeen null if that is no longer known
 */
public record UserPresence(
    UserId user, boolean online, int connections, List<String> nodes, @Nullable Instant lastSeen) {
  public UserPresence {
    nodes = List.copyOf(nodes);
  }
}
