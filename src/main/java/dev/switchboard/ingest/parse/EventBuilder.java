package dev.switchboard.ingest.parse;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.switchboard.event.ChatSessionId;
import dev.switchboard.event.EventId;
import dev.switchboard.event.EventType;
import dev.switchboard.event.InvalidNameException;
import dev.switchboard.event.Payload;
import dev.switchboard.event.TenantId;
import dev.switchboard.event.Topic;
import dev.switchboard.event.UserId;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Gathers the members of one event, in whichever form it comes, and holds each against its rule.
 */
final class EventBuilder {
  private final EventRules rules;
  private final FieldErrors fieldErrors;
  private final String pointer;
  private final Function<EventField, String> names;
  private final Set<String> seen = new HashSet<>();
  private final Set<String> faulty = new HashSet<>();
  private @Nullable TenantId tenant;
  private @Nullable EventType type;
  private @Nullable Payload payload;
  private @Nullable UserId user;
  private @Nullable Topic topic;
  private @Nullable ChatSessionId chatSession;
  private @Nullable EventId id;
  private @Nullable Boolean store;
  private String idNamespace = "";

  /**
   * Of the event that stands at a pointer.
   *
   * @param names how its form calls the members
   */
  EventBuilder(
      EventRules rules,
      FieldErrors fieldErrors,
      String pointer,
      Function<EventField, String> names) {
    this.rules = rules;
    this.fieldErrors = fieldErrors;
    this.pointer = pointer;
    this.names = names;
  }

  // ---- what is known before the event is read

  void tenant(@Nullable TenantId known) {
    tenant = known;
  }

  void user(UserId known) {
    user = known;
  }

  void chatSession(@Nullable ChatSessionId known) {
    chatSession = known;
  }

  /** Every id the event brings gets this in front, and may then be any. */
  void idNamespace(String namespace) {
    idNamespace = namespace;
  }

  // ---- what the event brings

  /** False, and a fault, for a name that stood in the same event before. */
  boolean isFirst(String name) {
    boolean first = seen.add(name);
    if (!first) {
      fault(name, "stands twice");
    }
    return first;
  }

  /** Takes the value at which the parser stands, to its end. */
  void take(EventField eventField, JsonParser parser) throws IOException {
    if (eventField == EventField.PAYLOAD) {
      payload(PayloadNormalizer.read(parser, rules.maxPayload()));
    } else if (parser.currentToken() == JsonToken.VALUE_STRING) {
      take(eventField, parser.getText());
    } else if (eventField == EventField.USER && isDecimal(parser)) {
      user = new UserId(parser.getText());
    } else if (parser.currentToken() != JsonToken.VALUE_NULL) {
      fault(names.apply(eventField), "must be a text");
      parser.skipChildren();
    }
  }

  /** A JSON number is taken as its decimal text. */
  private static boolean isDecimal(JsonParser parser) throws IOException {
    return parser.currentToken() == JsonToken.VALUE_NUMBER_INT
        && parser.getText().matches("\\d{1,64}");
  }

  /** Takes any member but the payload from its text. */
  void take(EventField eventField, String text) {
    try {
      switch (eventField) {
        case TENANT -> tenant = new TenantId(text);
        case TYPE -> type = EventRules.publishableType(text);
        case USER -> user = new UserId(text);
        case TOPIC -> topic = Topic.under(rules.topicPrefix(), text);
        case CHAT_SESSION -> chatSession = new ChatSessionId(text);
        case ID -> id = eventId(text);
        case OFFLINE -> store = EventRules.offline(text);
        case PAYLOAD -> throw new IllegalArgumentException("a payload is no text");
      }
    } catch (InvalidNameException e) {
      fault(names.apply(eventField), String.valueOf(e.getMessage()));
    }
  }

  private EventId eventId(String text) {
    return idNamespace.isEmpty() ? EventRules.producerId(text) : new EventId(idNamespace + text);
  }

  /** Takes the payload; null is one that was too long. */
  void payload(@Nullable Payload read) {
    payload = read;
    if (read == null) {
      fieldErrors.tooLarge();
      fault(names.apply(EventField.PAYLOAD), "is longer than " + rules.maxPayload() + " bytes");
    }
  }

  /** The id is made from what the event brought, not brought itself. */
  void madeId(EventId made) {
    id = made;
  }

  boolean hasPayload() {
    return payload != null || faulty.contains(names.apply(EventField.PAYLOAD));
  }

  void fault(String name, String message) {
    faulty.add(name);
    fieldErrors.add(FieldErrors.below(pointer, name), message);
  }

  /** The event; null if it has faults. */
  @Nullable EventDraft finish() {
    require(EventField.TENANT, tenant);
    require(EventField.TYPE, type);
    require(EventField.PAYLOAD, payload);
    if (tenant == null || type == null || payload == null || !faulty.isEmpty()) {
      return null;
    }
    EventDraft draft = new EventDraft(tenant, type, payload, user, topic, chatSession, id, store);
    return conforms(draft) ? draft : null;
  }

  private void require(EventField eventField, @Nullable Object value) {
    String name = names.apply(eventField);
    if (value == null && !faulty.contains(name)) {
      fault(name, "is required");
    }
  }

  private boolean conforms(EventDraft draft) {
    String at = FieldErrors.below(pointer, names.apply(EventField.PAYLOAD));
    for (FieldError error : rules.check().faults(draft.tenant(), draft.type(), draft.payload())) {
      faulty.add(names.apply(EventField.PAYLOAD));
      fieldErrors.add(at + error.pointer(), error.message());
    }
    return faulty.isEmpty();
  }
}
