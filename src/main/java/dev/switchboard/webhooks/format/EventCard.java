package dev.switchboard.webhooks.format;

import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a person reads about an event in a chat service, before it is put into that service's form:
 * unescaped and of any length.
 *
 * @param title the event's type as readable text
 * @param text the text of the message that the event carries; null if it carries none
 * @param fields at most {@link #MAX_FIELDS}, the ones that matter most first
 * @param link address of a page about the event; null without {@code webhooks.linkTemplate}
 */
record EventCard(
    String title,
    @Nullable String text,
    List<Field> fields,
    Instant time,
    @Nullable String link,
    String footer) {
  /** As many as the strictest service shows. */
  static final int MAX_FIELDS = 10;

  /** A value with its label; neither is empty. */
  record Field(String label, String value) {}

  private static final Map<String, String> TITLES =
      Map.ofEntries(
          Map.entry("agent.state.changed", "Agent state changed"),
          Map.entry("agent.login", "Agent logged in"),
          Map.entry("agent.logout", "Agent logged out"),
          Map.entry("call.incoming", "Incoming call"),
          Map.entry("call.answered", "Call answered"),
          Map.entry("call.ended", "Call ended"),
          Map.entry("call.transferred", "Call transferred"),
          Map.entry("call.hold", "Call on hold"),
          Map.entry("call.unhold", "Call resumed"),
          Map.entry("queue.joined", "Caller joined a queue"),
          Map.entry("queue.left", "Caller left a queue"),
          Map.entry("queue.stats", "Queue statistics"),
          Map.entry("queue.member.added", "Agent added to a queue"),
          Map.entry("queue.member.removed", "Agent removed from a queue"),
          Map.entry("queue.member.paused", "Agent paused in a queue"),
          Map.entry("queue.member.unpaused", "Agent resumed in a queue"),
          Map.entry("chat.session.started", "Chat started"),
          Map.entry("chat.message", "Chat message"),
          Map.entry("chat.session.ended", "Chat ended"),
          Map.entry("chat.transferred", "Chat transferred"),
          Map.entry("ticket.created", "New ticket"),
          Map.entry("presence.online", "User online"),
          Map.entry("presence.offline", "User offline"));

  /** Payload members in the order they are shown; others follow in the payload's order. */
  private static final Map<String, String> LABELS = new LinkedHashMap<>();

  static {
    LABELS.put("subject", "Subject");
    LABELS.put("ticket_id", "Ticket");
    LABELS.put("priority", "Priority");
    LABELS.put("level", "Level");
    LABELS.put("caller_id", "Caller");
    LABELS.put("destination", "Destination");
    LABELS.put("queue_name", "Queue");
    LABELS.put("direction", "Direction");
    LABELS.put("username", "Agent");
    LABELS.put("user_id", "Agent ID");
    LABELS.put("state", "State");
    LABELS.put("reason", "Reason");
    LABELS.put("from", "From");
    LABELS.put("name", "Name");
    LABELS.put("email", "Email");
    LABELS.put("unique_id", "Call ID");
  }

  /** Members whose value is the text of a message. */
  private static final List<String> TEXT_MEMBERS =
      List.of("text", "message", "body", "description");

  EventCard {
    fields = List.copyOf(fields);
  }

  /** The card of {@code event}. */
  static EventCard of(DeliveredEvent event, LinkTemplate links) {
    JsonObject payload =
        event.parsedPayload() instanceof JsonObject object ? object : new JsonObject();
    String textMember =
        TEXT_MEMBERS.stream().filter(name -> isText(payload.getValue(name))).findFirst().orElse("");
    return new EventCard(
        title(event.type().value()),
        textMember.isEmpty() ? null : payload.getString(textMember),
        fields(event, payload, textMember),
        event.acceptedAt(),
        links.linkTo(event),
        event.type() + " · " + event.tenant());
  }

  private static String title(String type) {
    String known = TITLES.get(type);
    return known == null ? inWords(type) : known;
  }

  /** {@code order.line_added} as {@code Order line added}. */
  private static String inWords(String name) {
    String text = name.replaceAll("[._-]+", " ").strip();
    return text.isEmpty() ? name : Character.toUpperCase(text.charAt(0)) + text.substring(1);
  }

  private static List<Field> fields(DeliveredEvent event, JsonObject payload, String textMember) {
    List<Field> fields = new ArrayList<>();
    LABELS.forEach((member, label) -> add(fields, label, payload.getValue(member)));
    Set<String> known = LABELS.keySet();
    for (Map.Entry<String, Object> member : payload) {
      if (!known.contains(member.getKey()) && !member.getKey().equals(textMember)) {
        add(fields, inWords(member.getKey()), member.getValue());
      }
    }
    JsonObject head = event.head();
    JsonObject sender = head.getJsonObject("sender");
    if (sender != null) {
      add(fields, "Sent by", sender.getString("kind") + " " + sender.getString("id"));
    }
    add(fields, "For user", head.getString("user_id"));
    return fields.size() > MAX_FIELDS ? fields.subList(0, MAX_FIELDS) : fields;
  }

  private static void add(List<Field> fields, String label, @Nullable Object value) {
    boolean scalar = isText(value) || value instanceof Number || value instanceof Boolean;
    if (scalar && !label.isBlank()) {
      fields.add(new Field(label, String.valueOf(value)));
    }
  }

  private static boolean isText(@Nullable Object value) {
    return value instanceof String text && !text.isBlank();
  }
}
