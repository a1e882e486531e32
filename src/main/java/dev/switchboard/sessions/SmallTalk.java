package dev.switchboard.sessions;

import dev.switchboard.event.EventId;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;

/** The short messages of clients: pings, receipts, and who follows attempts at webhooks. */
final class SmallTalk {
  private final Following following;
  private final Supply supply;
  private final FollowingAttempts attempts;
  private final Replies replies;

  SmallTalk(Following following, Supply supply, FollowingAttempts attempts, Replies replies) {
    this.following = following;
    this.supply = supply;
    this.attempts = attempts;
    this.replies = replies;
  }

  /** Before it is live its place is not decided: a cursor taken then could skip what it is owed. */
  void ping(Asker asker, JsonObject payload) {
    Session session = asker.session();
    replies.answer(
        asker,
        session.isLive()
            ? ServerMessages.positioned("pong", following.position(session))
            : ServerMessages.plain("pong"));
  }

  void ack(Asker asker, JsonObject payload) {
    if (!(payload.getValue("event_ids") instanceof JsonArray ids)
        || ids.stream().anyMatch(id -> !(id instanceof String))) {
      replies.refuse(asker, "bad_request", "event_ids must be an array of texts");
      return;
    }
    supply.acked(asker.session(), ids.stream().map(id -> new EventId((String) id)).toList());
  }

  void tail(Asker asker, JsonObject payload) {
    attempts.asked(
        asker.session(),
        payload,
        answer -> replies.answer(asker, answer),
        (code, words) -> replies.refuse(asker, code, words));
  }

  void untail(Asker asker, JsonObject payload) {
    attempts.end(asker.session());
    replies.answer(asker, ServerMessages.plain("untailed"));
  }
}
