package dev.switchboard.sessions.protocol;

import dev.switchboard.event.EventId;
import dev.switchboard.sessions.lifecycle.BacklogDelivery;
import dev.switchboard.sessions.session.ServerMessages;
import dev.switchboard.sessions.session.Session;
import dev.switchboard.sessions.subscriptions.AttemptTail;
import dev.switchboard.sessions.subscriptions.LogSubscriptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;

/** The short messages of clients: pings, receipts, and who follows attempts at webhooks. */
public final class SmallTalk {
  private final LogSubscriptions logSubscriptions;
  private final BacklogDelivery backlogDelivery;
  private final AttemptTail attempts;
  private final ClientReplies clientReplies;

  public SmallTalk(
      LogSubscriptions logSubscriptions,
      BacklogDelivery backlogDelivery,
      AttemptTail attempts,
      ClientReplies clientReplies) {
    this.logSubscriptions = logSubscriptions;
    this.backlogDelivery = backlogDelivery;
    this.attempts = attempts;
    this.clientReplies = clientReplies;
  }

  /** Before it is live its place is not decided: a cursor taken then could skip what it is owed. */
  void ping(ClientRequest clientRequest, JsonObject payload) {
    Session session = clientRequest.session();
    clientReplies.answer(
        clientRequest,
        session.isLive()
            ? ServerMessages.positioned("pong", logSubscriptions.position(session))
            : ServerMessages.plain("pong"));
  }

  void ack(ClientRequest clientRequest, JsonObject payload) {
    if (!(payload.getValue("event_ids") instanceof JsonArray ids)
        || ids.stream().anyMatch(id -> !(id instanceof String))) {
      clientReplies.refuse(clientRequest, "bad_request", "event_ids must be an array of texts");
      return;
    }
    backlogDelivery.acked(
        clientRequest.session(), ids.stream().map(id -> new EventId((String) id)).toList());
  }

  void tail(ClientRequest clientRequest, JsonObject payload) {
    attempts.asked(
        clientRequest.session(),
        payload,
        answer -> clientReplies.answer(clientRequest, answer),
        (code, words) -> clientReplies.refuse(clientRequest, code, words));
  }

  void untail(ClientRequest clientRequest, JsonObject payload) {
    attempts.end(clientRequest.session());
    clientReplies.answer(clientRequest, ServerMessages.plain("untailed"));
  }
}
