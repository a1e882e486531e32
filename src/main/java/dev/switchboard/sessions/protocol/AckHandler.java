package dev.switchboard.sessions.protocol;

import dev.switchboard.event.EventId;
import dev.switchboard.sessions.lifecycle.BacklogDelivery;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;

/** Handles {@code ack}: the client names events that have arrived. */
public final class AckHandler {
  private final BacklogDelivery backlog;
  private final ClientReplies replies;

  public AckHandler(BacklogDelivery backlog, ClientReplies replies) {
    this.backlog = backlog;
    this.replies = replies;
  }

  void ack(ClientRequest request, JsonObject payload) {
    if (!(payload.getValue("event_ids") instanceof JsonArray ids)
        || ids.stream().anyMatch(id -> !(id instanceof String))) {
      replies.refuse(request, "bad_request", "event_ids must be an array of strings");
      return;
    }
    backlog.acked(request.session(), ids.stream().map(id -> new EventId((String) id)).toList());
  }
}
