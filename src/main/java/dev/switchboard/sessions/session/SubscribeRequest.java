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
 * What a client asks for when it connects, subscribes or unsubscribes.
 *
 * @param events event patterns; null if the client named none, not even an empty list
 * @param users whose presence the client asks for
 * @param after position to resume from; null if the client does not ask for missed events
 * @param kept collections of kept events to follow
 * @param held collections whose whole state as of {@code after} the client has
 * @param explicitReceipts whether only an ack proves that a message of the inbox has arrived
 */
public record SubscribeRequest(
    @Nullable List<EventPattern> events,
    List<Topic> topics,
    List<UserId> users,
    @Nullable Position after,
    List<KeptName> kept,
    List<KeptName> held,
    boolean explicitReceipts) {
  static final SubscribeRequest NONE = new SubscribeRequest(null, List.of(), List.of(), null);

  private static final String EXPLICIT = "explicit";

  public SubscribeRequest {
    topics = List.copyOf(topics);
    users = List.copyOf(users);
    kept = List.copyOf(kept);
    held = List.copyOf(held);
  }

  /** A request without kept events. */
  public SubscribeRequest(
      @Nullable List<EventPattern> events,
      List<Topic> topics,
      List<UserId> users,
      @Nullable Position after) {
    this(events, topics, users, after, List.of(), List.of(), false);
  }

  /**
   * Reads the members of a payload.
   *
   * @param topicPrefix prefix of every topic, from {@code redis.prefix}
   * @throws InvalidNameException if a member is malformed; its message is for the client
   */
  public static SubscribeRequest of(JsonObject payload, String topicPrefix) {
    List<String> events = strings(payload, "events");
    List<String> topics = strings(payload, "topics");
    List<String> users = strings(payload, "users");
    List<String> kept = strings(payload, "kept");
    List<String> held = strings(payload, "held");
    return new SubscribeRequest(
        events == null ? null : each(events, EventPattern::new),
        topics == null ? List.of() : each(topics, text -> Topic.under(topicPrefix, text)),
        users == null ? List.of() : each(users, UserId::new),
        position(payload.getString("after")),
        keptNames(kept, topicPrefix),
        keptNames(held, topicPrefix),
        isExplicit(payload.getValue("receipts")));
  }

  /**
   * Reads query parameters with comma-separated values.
   *
   * @throws InvalidNameException if one is malformed; its message is for the client
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
        position(after));
  }

  /** This request, with what further query parameters say. */
  public SubscribeRequest withKept(
      @Nullable String keptNames,
      @Nullable String heldNames,
      @Nullable String receipts,
      String topicPrefix) {
    return new SubscribeRequest(
        events,
        topics,
        users,
        after,
        keptNames(split(keptNames), topicPrefix),
        keptNames(split(heldNames), topicPrefix),
        isExplicit(receipts));
  }

  /** A misspelt value must not let messages of the inbox count as received. */
  private static boolean isExplicit(@Nullable Object receipts) {
    if (receipts != null && !receipts.equals(EXPLICIT)) {
      throw new InvalidNameException("receipts must be \"explicit\", or left out");
    }
    return receipts != null;
  }

  private static List<KeptName> keptNames(@Nullable List<String> names, String topicPrefix) {
    return names == null ? List.of() : each(names, text -> KeptName.parse(text, topicPrefix));
  }

  /** This request, completed by {@code earlier} in the members that {@code payload} leaves out. */
  public SubscribeRequest orElse(JsonObject payload, SubscribeRequest earlier) {
    return new SubscribeRequest(
        payload.containsKey("events") ? events : earlier.events,
        payload.containsKey("topics") ? topics : earlier.topics,
        users,
        payload.containsKey("after") ? after : earlier.after,
        payload.containsKey("kept") ? kept : earlier.kept,
        payload.containsKey("held") ? held : earlier.held,
        explicitReceipts || earlier.explicitReceipts);
  }

  /** The same request from another position. */
  public SubscribeRequest from(String position) {
    return new SubscribeRequest(
        events, topics, users, position(position), kept, held, explicitReceipts);
  }

  /** A malformed position names no log, so that the client gets a resync. */
  private static @Nullable Position position(@Nullable String text) {
    if (text == null) {
      return null;
    }
    Position position = Position.parse(text);
    return position == null ? new Position(List.of()) : position;
  }

  private static <T> List<T> each(List<String> names, Function<String, T> parse) {
    return names.stream().map(parse).distinct().toList();
  }

  private static @Nullable List<String> split(@Nullable String text) {
    return text == null
        ? null
        : Arrays.stream(text.split(",")).map(String::trim).filter(s -> !s.isEmpty()).toList();
  }

  private static @Nullable List<String> strings(JsonObject payload, String member) {
    Object value = payload.getValue(member);
    if (value == null) {
      return null;
    }
    if (!(value instanceof JsonArray array)) {
      throw new InvalidNameException("\"" + member + "\" must be an array of strings");
    }
    List<String> strings = new ArrayList<>(array.size());
    for (Object element : array) {
      if (!(element instanceof String text)) {
        throw new InvalidNameException("\"" + member + "\" must be an array of strings");
      }
      strings.add(text);
    }
    return strings;
  }
}
