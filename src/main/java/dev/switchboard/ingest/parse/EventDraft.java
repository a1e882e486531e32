package dev.switchboard.ingest.parse;

import dev.switchboard.event.ChatSessionId;
import dev.switchboard.event.EventId;
import dev.switchboard.event.EventType;
import dev.switchboard.event.Payload;
import dev.switchboard.event.TenantId;
import dev.switchboard.event.Topic;
import dev.switchboard.event.UserId;
import org.jspecify.annotations.Nullable;

/**
 * An event as a producer sent it, checked, before it is accepted. Reserved types and ids are
 * refused by whoever reads producers' events; an event of the server's own may bear them.
 *
 * @param id null if the server is to make one
 * @param store whether to keep it for the user while offline; null: by its type
 */
public record EventDraft(
    TenantId tenant,
    EventType type,
    Payload payload,
    @Nullable UserId user,
    @Nullable Topic topic,
    @Nullable ChatSessionId chatSession,
    @Nullable EventId id,
    @Nullable Boolean store) {

  /** The same event under that id. */
  public EventDraft withId(EventId named) {
    return new EventDraft(tenant, type, payload, user, topic, chatSession, named, store);
  }
}
