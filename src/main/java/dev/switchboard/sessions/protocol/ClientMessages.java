package dev.switchboard.sessions.protocol;

import static java.util.Map.entry;

import dev.switchboard.event.InvalidNameException;
import dev.switchboard.sessions.session.Session;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * Understands the form of what clients say over a socket, and hands each message to whoever answers
 * its type. One per hub, on its event loop.
 */
public final class ClientMessages {
  /** What may be said before a session is live. */
  private static final Set<String> AT_ANY_TIME = Set.of("auth", "ping");

  private final Map<String, BiConsumer<ClientRequest, JsonObject>> answerers;
  private final PublishHandler publishHandler;
  private final ClientReplies clientReplies;

  public ClientMessages(
      AuthHandler authHandler,
      SubscribeHandler subscribeHandler,
      SmallTalk smallTalk,
      PublishHandler publishHandler,
      ClientReplies clientReplies) {
    this.answerers =
        Map.ofEntries(
            entry("auth", authHandler::auth),
            entry("subscribe", subscribeHandler::subscribe),
            entry("unsubscribe", subscribeHandler::unsubscribe),
            entry("ping", smallTalk::ping),
            entry("ack", smallTalk::ack),
            entry("tail", smallTalk::tail),
            entry("untail", smallTalk::untail));
    this.publishHandler = publishHandler;
    this.clientReplies = clientReplies;
  }

  /** A whole text message came. */
  public void heard(Session session, String text) {
    JsonObject message;
    try {
      message = new JsonObject(text);
    } catch (DecodeException e) {
      clientReplies.refuse(
          new ClientRequest(session, null), "bad_request", "send one JSON object in each message");
      return;
    }
    ClientRequest clientRequest = new ClientRequest(session, message.getValue("ref"));
    if (!clientReplies.mayTalk(clientRequest)) {
      return;
    }
    if (!(message.getValue("type") instanceof String type)) {
      clientReplies.refuse(clientRequest, "bad_request", "a message needs a type");
    } else if (session.isLive() && !answerers.containsKey(type)) {
      publishHandler.publish(clientRequest, text);
    } else if (!(message.getValue("payload", new JsonObject()) instanceof JsonObject payload)) {
      clientReplies.refuse(clientRequest, "bad_request", "the payload must be an object");
    } else {
      understood(clientRequest, type, payload);
    }
  }

  private void understood(ClientRequest clientRequest, String type, JsonObject payload) {
    BiConsumer<ClientRequest, JsonObject> answerer = answerers.get(type);
    if (answerer == null || !(clientRequest.session().isLive() || AT_ANY_TIME.contains(type))) {
      clientReplies.refuse(clientRequest, "not_ready", "wait for the connected message");
      return;
    }
    try {
      answerer.accept(clientRequest, payload);
    } catch (InvalidNameException e) {
      clientReplies.refuse(clientRequest, "bad_request", String.valueOf(e.getMessage()));
    } catch (ClassCastException e) {
      clientReplies.refuse(
          clientRequest, "bad_request", "a member of the payload is of the wrong type");
    }
  }
}
