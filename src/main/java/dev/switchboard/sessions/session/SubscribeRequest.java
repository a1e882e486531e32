package dev.switchboard.sessions.session;

import dev.switchboard.event.EventPattern;
import dev.switchboard.event.InvalidNameException;
import dev.switchboard.event.Position;
import dev.switchboard.event.Topic;
import dev.switchboard.event.UserId;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Event patterns, topics and users whose presence is followed, as a client names them, and where it
 * says it stopped.
 *
 * @param events null if the client did not speak of events at all
 * @param after null if it does not want what it missed
 */
public record SubscribeRequest(
    @Nullable List<EventPattern> events,
    List<Topic> topics,
    List<UserId> users,
    @Nullable Position after) {
  static final SubscribeRequest NONE = new SubscribeRequest(null, List.of(), List.of(), null);

  public SubscribeRequest {
    topics = List.copyOf(topics);
    users = List.copyOf(users);
  }

  /**
   * From the members {@code events}, {@code topics}, {@code users} and {@code after} of a message.
   *
   * @throws InvalidNameException in words fit for the client
   */
  public static SubscribeRequest of(JsonObject payload, String topicPrefix) {
    List<String> events = texts(payload, "events");
    List<String> topics = texts(payload, "topics");
    List<String> users = texts(payload, "users");
    return new SubscribeRequest(
        events == null ? null : each(events, EventPattern::new),
        topics == null ? List.of() : each(topics, text -> Topic.under(topicPrefix, text)),
        users == null ? List.of() : each(users, UserId::new),
        cursor(payload.getString("after")));
  }

  /**
   * From query parameters, comma-separated.
   *
   * @throws InvalidNameException in words fit for the client
   */
  public static SubscribeRequest ofQuery(
      @Nullable String events,
      @Nullable String topics,
      @Nullable String after,
      String topicPrefix) {
    List<String> patterns = split(events);
    List<String> named = split(topics);
    return new SubscribeRequest(
        patterns == null ? null : each(patterns, EventPattern::new),
        named == null ? List.of() : each(named, text -> Topic.under(topicPrefix, text)),
        List.of(),
        cursor(after));
  }

  /** These, and of what the payload does not speak of, those of an earlier wish. */
  public SubscribeRequest orElse(JsonObject payload, SubscribeRequest earlier) {
    return new SubscribeRequest(
        payload.containsKey("events") ? events : earlier.events,
        payload.containsKey("topics") ? topics : earlier.topics,
        users,
        payload.containsKey("after") ? after : earlier.after);
  }

  /** The same from another place. */
  public SubscribeRequest from(String position) {
    return new SubscribeRequest(events, topics, users, cursor(position));
  }

  /** A malformed cursor proves nothing: then nothing of what was missed can be promised. */
  private static @Nullable Position cursor(@Nullable String text) {
    if (text == null) {
      return null;
    }
    Position position = Position.parse(text);
    return position == null ? new Position(List.of()) : position;
  }

  private static <T> List<T> each(List<String> texts, Function<String, T> parse) {
    return texts.stream().map(parse).distinct().toList();
  }

  private static @Nullable List<String> split(@Nullable String text) {
    return text == null
        ? null
        : Arrays.stream(text.split(",")).map(String::trim).filter(s -> !s.isEmpty()).toList();
  }

  private static @Nullable List<String> texts(JsonObject payload, String member) {
    Object value = payload.getValue(member);
    if (value == null) {
      return null;
    }
    if (!(value instanceof JsonArray array)) {
      throw new InvalidNameException("\"" + member + "\" must be a list of texts");
    }
    List<String> texts = new ArrayList<>(array.size());
    for (Object element : array) {
      if (!(element instanceof String text)) {
        throw new InvalidNameException("\"" + member + "\" must be a list of texts");
      }
      texts.add(text);
    }
    return texts;
  }
}
