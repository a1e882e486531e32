package dev.switchboard.sessions.protocol;

import dev.switchboard.sessions.session.ServerMessages;
import dev.switchboard.sessions.session.Session;
import dev.switchboard.sessions.subscriptions.LogSubscriptions;
import io.vertx.core.json.JsonObject;

/** Handles {@code ping}. */
public final class PingHandler {
  private final LogSubscriptions logSubscriptions;
  private final ClientReplies replies;

  public PingHandler(LogSubscriptions logSubscriptions, ClientReplies replies) {
    this.logSubscriptions = logSubscriptions;
    this.replies = replies;
  }

  /**
   * Answers with the position, but only once the session is live: before, its position is not
   * decided, and a client that resumed from it could miss events.
   */
  void ping(ClientRequest request, JsonObject payload) {
    Session session = request.session();
    replies.answer(
        request,
        session.isLive()
            ? ServerMessages.positioned("pong", logSubscriptions.position(session))
            : ServerMessages.plain("pong"));
  }
}
