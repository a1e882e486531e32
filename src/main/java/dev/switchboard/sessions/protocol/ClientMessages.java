package dev.switchboard.sessions.protocol;

import dev.switchboard.event.InvalidNameException;
import dev.switchboard.event.Reason;
import dev.switchboard.sessions.session.HeldMessages;
import dev.switchboard.sessions.session.Session;
import dev.switchboard.sessions.session.SessionState.AwaitingAuth;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.util.Map;

/**
 * Parses the messages of clients and passes each to the handler of its type; any other type is an
 * event to publish. What comes before the session is live waits until it is. Belongs to the hub's
 * event loop.
 */
public final class ClientMessages {
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
    } else if (isHandledNow(session, type)) {
      handle(request, type, message, text);
    } else {
      hold(request, type, text);
    }
  }

  /** A ping is answered at any time, and the first credentials are what the session waits for. */
  private static boolean isHandledNow(Session session, String type) {
    return session.isLive()
        || type.equals("ping")
        || (type.equals("auth") && session.state() instanceof AwaitingAuth);
  }

  private void hold(ClientRequest request, String type, String text) {
    Session session = request.session();
    Runnable handling =
        () -> {
          if (!session.isClosed()) {
            handle(request, type, new JsonObject(text), text);
          }
        };
    if (!session.isClosed() && !session.heldMessages().hold(text.length(), handling)) {
      replies.refuse(
          request,
          "not_ready",
          "at most "
              + HeldMessages.MAX_MESSAGES
              + " messages of "
              + HeldMessages.MAX_CHARACTERS
              + " characters together are held before connected; wait for it and send this again");
    }
  }

  private void handle(ClientRequest request, String type, JsonObject message, String text) {
    MessageHandlers.Handler handler = handlers.get(type);
    if (handler == null) {
      publishHandler.publish(request, text);
      return;
    }
    if (!(message.getValue("payload", new JsonObject()) instanceof JsonObject payload)) {
      replies.refuse(request, "bad_request", "payload must be an object");
      return;
    }
    try {
      handler.handle(request, payload);
    } catch (InvalidNameException e) {
      replies.refuse(request, "bad_request", Reason.of(e));
    } catch (ClassCastException e) {
      replies.refuse(request, "bad_request", "a member of the payload has the wrong type");
    }
  }
}
