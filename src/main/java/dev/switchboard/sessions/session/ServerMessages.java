package dev.switchboard.sessions.session;

import dev.switchboard.auth.Principal;
import dev.switchboard.event.EventPattern;
import dev.switchboard.event.Topic;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** The messages of the protocol that are not events: their JSON, as asyncapi.yaml describes it. */
public final class ServerMessages {
  private ServerMessages() {}

  public static JsonObject connected(
      String connection,
      String node,
      Principal.Participant principal,
      Recovery recovery,
      String position,
      long heartbeatSeconds) {
    return message(
        "connected",
        new JsonObject()
            .put("connection_id", connection)
            .put("node", node)
            .put("tenant_id", principal.tenant().value())
            .put("user_id", principal.user() == null ? null : principal.user().value())
            .put("role", principal.role().name())
            .put("recovered", recovery.recovered())
            .put("position", position)
            .put("heartbeat_seconds", heartbeatSeconds));
  }

  public static JsonObject subscriptions(
      String type, EventFilter filter, Collection<Topic> topics, String position) {
    return message(
        type,
        new JsonObject()
            .put(
                "events",
                new JsonArray(filter.patterns().stream().map(EventPattern::value).toList()))
            .put("topics", new JsonArray(topics.stream().map(Topic::value).toList()))
            .put("position", position));
  }

  public static JsonObject positioned(String type, String position) {
    return message(type, new JsonObject().put("position", position));
  }

  public static JsonObject resync(String position, String reason) {
    return message("resync", new JsonObject().put("position", position).put("reason", reason));
  }

  public static JsonObject authenticated(Instant expires) {
    return message("authenticated", new JsonObject().put("expires_at", expires.toString()));
  }

  public static JsonObject tokenExpiring(Instant expires, long seconds) {
    return message(
        "token.expiring",
        new JsonObject().put("expires_at", expires.toString()).put("expires_in_seconds", seconds));
  }

  public static JsonObject tailing(@Nullable Object webhook) {
    return message("tailing", new JsonObject().put("webhook_id", webhook));
  }

  public static JsonObject attemptsMissed(int count) {
    return message("webhook.attempts_missed", new JsonObject().put("count", count));
  }

  public static JsonObject plain(String type) {
    return message(type, new JsonObject());
  }

  public static JsonObject error(String code, String message) {
    return message("error", new JsonObject().put("code", code).put("message", message));
  }

  public static JsonObject message(String type, JsonObject payload) {
    return new JsonObject().put("type", type).put("payload", payload);
  }
}
