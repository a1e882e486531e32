package dev.switchboard.presence;

import dev.switchboard.event.TenantId;
import io.vertx.core.Future;

/** Publishes a change as an event, once per {@link PresenceChange#eventId}. */
public interface ChangeAnnouncer {
  /** Fails if it may not have been published; then it is asked again. */
  Future<Void> announce(TenantId tenant, PresenceChange change);
}
