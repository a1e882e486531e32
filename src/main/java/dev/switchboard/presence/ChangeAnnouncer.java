package dev.switchboard.presence;

import dev.switchboard.event.TenantId;
import io.vertx.core.Future;

/** Publishes a change as an event, once per {@link PresenceChange#eventId}. */
public interface ChangeAnnouncer {
  /** Fails if the change may not have been published; the caller then repeats the call. */
  Future<Void> announce(TenantId tenant, PresenceChange change);
}
