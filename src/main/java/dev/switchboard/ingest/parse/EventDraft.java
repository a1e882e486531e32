package dev.switchboard.ingest.parse;

import dev.switchboard.auth.Principal;
import dev.switchboard.event.ChatSessionId;
import dev.switchboard.event.EventId;
import dev.switchboard.event.EventType;
import dev.switchboard.event.LogId;
import dev.switchboard.event.Payload;
import dev.switchboard.event.Sender;
import dev.switchboard.event.TenantId;
import dev.switchboard.event.Topic;
import dev.switchboard.event.UserId;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A valid event before it is accepted. The readers of producers' events refuse reserved types and
 * ids; events of the server itself may have them.
 *
 * @param id null if the server is to generate one
 * @param store whether to store it in the user's inbox; null if its type decides
 * @param sender the person who publishes it; null if a service or the server does
 * @param keep what it sets or ends; null for most events
 */
public record EventDraft(
    TenantId tenant,
    EventType type,
    Payload payload,
    @Nullable UserId user,
    @Nullable Topic topic,
    @Nullable ChatSessionId chatSession,
    @Nullable EventId id,
    @Nullable Boolean store,
    @Nullable Sender sender,
    @Nullable KeepRequest keep) {

  /** Makes an event of the server itself: for the whole tenant, with a generated id. */
  public static EventDraft ofServer(TenantId tenant, EventType type, Payload payload) {
    return new EventDraft(tenant, type, payload, null, null, null, null, false, null, null);
  }

  /** Makes an event of the server that ends a state of a log. */
  public static EventDraft forgetting(LogId log, KeepRequest request) {
    Payload nothing = Payload.ofNormalised("{}".getBytes(StandardCharsets.US_ASCII));
    return new EventDraft(
        log.tenant(),
        EventType.KEPT_FORGOTTEN,
        nothing,
        null,
        log.topic(),
        null,
        null,
        false,
        null,
        request);
  }

  /** Returns this event with another id. */
  public EventDraft withId(EventId newId) {
    return new EventDraft(
        tenant, type, payload, user, topic, chatSession, newId, store, sender, keep);
  }

  /**
   * Returns this event as {@code caller} publishes it: a person is its sender, and its id is one of
   * that person's. A service's event stays as it is.
   */
  public EventDraft publishedBy(Principal caller) {
    return caller instanceof Principal.Participant person
        ? IdNamespace.apply(person, this).sentBy(person.sender())
        : this;
  }

  private EventDraft sentBy(Sender person) {
    return new EventDraft(tenant, type, payload, user, topic, chatSession, id, store, person, keep);
  }
}
