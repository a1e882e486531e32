package dev.switchboard.redis.nodes;

import dev.switchboard.bus.inspection.NodeAnswer;
import dev.switchboard.bus.inspection.NodeQuestion;
import dev.switchboard.event.TenantId;
import dev.switchboard.event.UserId;
import dev.switchboard.redis.Keys;
import dev.switchboard.redis.RedisCommands;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Sends questions to all nodes over the control channel, and answers over a channel of the node
 * that asked. At most once: a question that a node misses, or that an older node does not know, is
 * not answered.
 */
public final class NodeQuestions {
  private static final String QUESTION = "question";
  private static final String SESSIONS = "sessions";
  private static final String REFUSALS = "refusals";

  /** Longest id and longest name of a node. */
  private static final int MAX_NAME = 200;

  private final RedisCommands redis;
  private final Keys keys;

  /** Over the commands of one event loop. */
  public NodeQuestions(RedisCommands redis, Keys keys) {
    this.redis = redis;
    this.keys = keys;
  }

  /** Asks every node, this one included. */
  public Future<?> ask(NodeQuestion question) {
    return redis.send("publish", List.of(keys.controlChannel(), format(question).encode()));
  }

  private static JsonObject format(NodeQuestion question) {
    JsonObject json =
        new JsonObject()
            .put("kind", QUESTION)
            .put("id", question.id())
            .put("node", question.askedBy());
    if (question instanceof NodeQuestion.SessionsOfUser sessions) {
      return json.put("about", SESSIONS)
          .put("tenant_id", sessions.tenant().value())
          .put("user_id", sessions.user().value());
    }
    json.put("about", REFUSALS);
    if (question instanceof NodeQuestion.Refusals refusals && refusals.tenant() != null) {
      json.put("tenant_id", refusals.tenant().value());
    }
    return json;
  }

  /** Answers the node that asked. */
  public Future<?> answer(String askedBy, NodeAnswer answer) {
    JsonObject json =
        new JsonObject()
            .put(QUESTION, answer.question())
            .put("node", answer.node())
            .put("items", new JsonArray(answer.items()))
            .put("truncated", answer.truncated());
    return redis.send("publish", List.of(keys.answersChannel(askedBy), json.encode()));
  }

  /** Reads a message of the control channel; null if it is not a question that is known. */
  public static @Nullable NodeQuestion parseQuestion(byte[] message) {
    try {
      JsonObject json = new JsonObject(Buffer.buffer(message));
      json.getMap().values().removeIf(Objects::isNull);
      String id = json.getString("id");
      String node = json.getString("node");
      return QUESTION.equals(json.getString("kind")) && isName(id) && isName(node)
          ? question(id, node, json)
          : null;
    } catch (DecodeException | ClassCastException | IllegalArgumentException e) {
      return null;
    }
  }

  private static @Nullable NodeQuestion question(String id, String node, JsonObject json) {
    String tenant = json.getString("tenant_id");
    return switch (json.getString("about", "")) {
      case SESSIONS ->
          new NodeQuestion.SessionsOfUser(
              id,
              node,
              new TenantId(json.getString("tenant_id", "")),
              new UserId(json.getString("user_id", "")));
      case REFUSALS ->
          new NodeQuestion.Refusals(id, node, tenant == null ? null : new TenantId(tenant));
      default -> null;
    };
  }

  /** Reads a message of the channel of answers; null if it has another form. */
  public static @Nullable NodeAnswer parseAnswer(byte[] message) {
    try {
      JsonObject json = new JsonObject(Buffer.buffer(message));
      json.getMap().values().removeIf(Objects::isNull);
      String question = json.getString(QUESTION);
      String node = json.getString("node");
      if (!isName(question) || !isName(node)) {
        return null;
      }
      List<JsonObject> items = new ArrayList<>();
      for (Object item : json.getJsonArray("items", new JsonArray())) {
        if (!(item instanceof JsonObject object)) {
          return null;
        }
        items.add(object);
      }
      return new NodeAnswer(question, node, items, json.getBoolean("truncated", false));
    } catch (DecodeException | ClassCastException e) {
      return null;
    }
  }

  private static boolean isName(@Nullable String text) {
    return text != null && !text.isEmpty() && text.length() <= MAX_NAME;
  }
}
