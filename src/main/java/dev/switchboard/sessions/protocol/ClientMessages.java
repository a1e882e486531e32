package dev.switchboard.sessions.protocol;

import dev.switchboard.event.InvalidNameException;
import dev.switchboard.sessions.session.Session;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.Set;

/**
 * Parses the messages of clients and passes each to the handler of its type; any other type is an
 * event to publish. Belongs to the hub's event loop.
 */
public final class ClientMessages {
  /** Types that are handled before the session is live. */
  private static final Set<String> AT_ANY_TIME = Set.of("auth", "ping");

  private final Map<String, MessageHandlers.Handler> handlers;
  private final PublishHandler publishHandler;
  private final ClientReplies replies;

  public ClientMessages(
      MessageHandlers handlers, PublishHandler publishHandler, ClientReplies replies) {
    this.handlers = handlers.byType();
    this.publishHandler = publishHandler;
    this.replies = replies;
  }

  /** Handles one whole text message of the client of {@code session}. */
  public void received(Session session, String text) {
    JsonObject message;
    try {
      message = new JsonObject(text);
    } catch (DecodeException e) {
      replies.refuse(
          new ClientRequest(session, null), "bad_request", "send one JSON object in each message");
      return;
    }
    ClientRequest request = new ClientRequest(session, message.getValue("ref"));
    if (!replies.isWithinRate(request)) {
      return;
    }
    if (!(message.getValue("type") instanceof String type)) {
      replies.refuse(request, "bad_request", "type is missing or not a string");
    } else if (session.isLive() && !handlers.containsKey(type)) {
      publishHandler.publish(request, text);
    } else if (!(message.getValue("payload", new JsonObject()) instanceof JsonObject payload)) {
      replies.refuse(request, "bad_request", "payload must be an object");
    } else {
      handle(request, type, payload);
    }
  }

  private void handle(ClientRequest request, String type, JsonObject payload) {
    MessageHandlers.Handler handler = handlers.get(type);
    if (handler == null || !(request.session().isLive() || AT_ANY_TIME.contains(type))) {
      replies.refuse(request, "not_ready", "wait for the connected message");
      return;
    }
    try {
      handler.handle(request, payload);
    } catch (InvalidNameException e) {
      replies.refuse(request, "bad_request", String.valueOf(e.getMessage()));
    } catch (ClassCastException e) {
      replies.refuse(request, "bad_request", "a member of the payload has the wrong type");
    }
  }
}
