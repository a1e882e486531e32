package dev.switchboard.sessions.protocol;

import static java.util.Map.entry;

import io.vertx.core.json.JsonObject;
import java.util.Map;

/** The handlers of client messages that are not events. */
public record MessageHandlers(
    AuthHandler auth,
    SubscribeHandler subscribe,
    PingHandler ping,
    AckHandler ack,
    TailHandler tail) {

  /** Handles the messages of one type. */
  interface Handler {
    /** May throw what {@link ClientMessages} answers as a bad request. */
    void handle(ClientRequest request, JsonObject payload);
  }

  /** Each handler under the {@code type} of its messages. */
  Map<String, Handler> byType() {
    return Map.ofEntries(
        entry("auth", auth::auth),
        entry("subscribe", subscribe::subscribe),
        entry("unsubscribe", subscribe::unsubscribe),
        entry("ping", ping::ping),
        entry("ack", ack::ack),
        entry("tail", tail::tail),
        entry("untail", tail::untail));
  }
}
