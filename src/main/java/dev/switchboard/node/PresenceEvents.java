package dev.switchboard.node;

import dev.switchboard.event.EventType;
import dev.switchboard.event.Payload;
import dev.switchboard.event.TenantId;
import dev.switchboard.ingest.Ingest;
import dev.switchboard.ingest.IngestResult;
import dev.switchboard.ingest.parse.EventDraft;
import dev.switchboard.presence.ChangeAnnouncer;
import dev.switchboard.presence.PresenceChange;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.List;

/** Publishes presence changes through ingest, like every other event. */
record PresenceEvents(Ingest ingest) implements ChangeAnnouncer {
  @Override
  public Future<Void> announce(TenantId tenant, PresenceChange change) {
    EventDraft draft =
        EventDraft.ofServer(tenant, new EventType(change.type()), payload(change))
            .withId(change.eventId());
    return ingest
        .accept(List.of(draft))
        .compose(
            results ->
                results.get(0) instanceof IngestResult.Accepted
                    ? Future.succeededFuture()
                    : Future.failedFuture(new IllegalStateException("the event was not accepted")));
  }

  private static Payload payload(PresenceChange change) {
    JsonObject payload =
        new JsonObject()
            .put("user_id", change.user().value())
            .put("state", change.online() ? "online" : "offline");
    if (!change.online()) {
      payload.put("reason", change.reason());
    }
    return Payload.ofNormalised(payload.toBuffer().getBytes());
  }
}
