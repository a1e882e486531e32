package dev.switchboard.ingest;

import dev.switchboard.event.EventId;
import dev.switchboard.event.TenantId;
import dev.switchboard.event.UserId;
import io.vertx.core.Future;

/** What ingest needs of the inbox before an event owed to it may be published. */
public interface OfflineInbox {
  /**
   * Stores the event for the user until a session of that user has proven receipt; once per event
   * id.
   *
   * @param tail the envelope behind its id
   */
  Future<Boolean> append(TenantId tenant, UserId user, EventId event, byte[] tail);
}
