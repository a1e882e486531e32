package dev.switchboard.ingest;

import dev.switchboard.event.EventId;
import dev.switchboard.event.TenantId;
import dev.switchboard.event.UserId;
import io.vertx.core.Future;

/** What ingest needs of the inbox. */
public interface OfflineInbox {
  /**
   * Stores the event for the user until a session of that user has proven receipt; once per event
   * id. Before the event may be published.
   *
   * @param tail the envelope behind its id
   */
  Future<Boolean> append(TenantId tenant, UserId user, EventId event, byte[] tail);

  /**
   * Asks the user's live sessions to look into the inbox: what was stored may not reach them
   * otherwise. A hint; who does not hear it finds the message with its next session.
   */
  void announce(TenantId tenant, UserId user);
}
