package dev.switchboard.sessions.subscriptions;

import dev.switchboard.event.TenantId;
import dev.switchboard.event.UserId;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads which users are online; implemented by the node, as sessions do not know presence. */
public interface PresenceSource {
  /**
   * Presence of one user.
   *
   * @param lastSeen null if it is not known any more
   */
  record UserPresence(UserId user, boolean online, @Nullable Instant lastSeen) {}

  /** Reads the presence of these users, in their order. */
  Future<List<UserPresence>> read(TenantId tenant, List<UserId> users);
}
