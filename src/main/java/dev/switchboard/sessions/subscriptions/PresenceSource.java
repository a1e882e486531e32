package dev.switchboard.sessions.subscriptions;

import dev.switchboard.event.TenantId;
import dev.switchboard.event.UserId;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What sessions need to know of who is online. */
public interface PresenceSource {
  /**
   * How a user stands.
   *
   * @param lastSeen null if that is no longer known
   */
  record Standing(UserId user, boolean online, @Nullable Instant lastSeen) {}

  /** How these users stand, in their order. */
  Future<List<Standing>> ask(TenantId tenant, List<UserId> users);
}
