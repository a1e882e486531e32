package dev.switchboard.sessions;

import static java.util.Map.entry;

import dev.switchboard.event.InvalidNameException;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * Understands the form of what clients say over a socket, and hands each message to whoever answers
 * its type. One per hub, on its event loop.
 */
final class Conversation {
  /** What may be said before a session is live. */
  private static final Set<String> AT_ANY_TIME = Set.of("auth", "ping");

  private final Map<String, BiConsumer<Asker, JsonObject>> answerers;
  private final Publishing publishing;
  private final Replies replies;

  Conversation(
      Authentication authentication,
      Subscribing subscribing,
      SmallTalk smallTalk,
      Publishing publishing,
      Replies replies) {
    this.answerers =
        Map.ofEntries(
            entry("auth", authentication::auth),
            entry("subscribe", subscribing::subscribe),
            entry("unsubscribe", subscribing::unsubscribe),
            entry("ping", smallTalk::ping),
            entry("ack", smallTalk::ack),
            entry("tail", smallTalk::tail),
            entry("untail", smallTalk::untail));
    this.publishing = publishing;
    this.replies = replies;
  }

  /** A whole text message came. */
  void heard(Session session, String text) {
    JsonObject message;
    try {
      message = new JsonObject(text);
    } catch (DecodeException e) {
      replies.refuse(
          new Asker(session, null), "bad_request", "send one JSON object in each message");
      return;
    }
    Asker asker = new Asker(session, message.getValue("ref"));
    if (!replies.mayTalk(asker)) {
      return;
    }
    if (!(message.getValue("type") instanceof String type)) {
      replies.refuse(asker, "bad_request", "a message needs a type");
    } else if (session.isLive() && !answerers.containsKey(type)) {
      publishing.publish(asker, text);
    } else if (!(message.getValue("payload", new JsonObject()) instanceof JsonObject payload)) {
      replies.refuse(asker, "bad_request", "the payload must be an object");
    } else {
      understood(asker, type, payload);
    }
  }

  private void understood(Asker asker, String type, JsonObject payload) {
    BiConsumer<Asker, JsonObject> answerer = answerers.get(type);
    if (answerer == null || !(asker.session().isLive() || AT_ANY_TIME.contains(type))) {
      replies.refuse(asker, "not_ready", "wait for the connected message");
      return;
    }
    try {
      answerer.accept(asker, payload);
    } catch (InvalidNameException e) {
      replies.refuse(asker, "bad_request", String.valueOf(e.getMessage()));
    } catch (ClassCastException e) {
      replies.refuse(asker, "bad_request", "a member of the payload is of the wrong type");
    }
  }
}
