package dev.switchboard.ingest.parse;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.switchboard.event.ChatSessionId;
import dev.switchboard.event.EventId;
import dev.switchboard.event.EventType;
import dev.switchboard.event.InvalidNameException;
import dev.switchboard.event.Payload;
import dev.switchboard.event.Reason;
import dev.switchboard.event.Sender;
import dev.switchboard.event.TenantId;
import dev.switchboard.event.Topic;
import dev.switchboard.event.UserId;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Builds one event from its fields, in any of the accepted forms, and validates each. */
final class EventBuilder {
  private final EventRules rules;
  private final FieldErrors fieldErrors;
  private final String pointer;
  private final Function<EventField, String> names;
  private final KeepMembers keep;
  private final Set<String> seen = new HashSet<>();
  private final Set<String> invalid = new HashSet<>();
  private @Nullable TenantId tenant;
  private @Nullable EventType type;
  private @Nullable Payload payload;
  private @Nullable UserId user;
  private @Nullable Topic topic;
  private @Nullable ChatSessionId chatSession;
  private @Nullable EventId id;
  private @Nullable Boolean store;
  private @Nullable Sender sender;
  private String idNamespace = "";

  /**
   * Starts an event.
   *
   * @param pointer JSON pointer to the event in the body
   * @param names names of the fields in the form the event is sent in
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
    this.keep = new KeepMembers(rules.clock());
  }

  // ---- fields that are known without the event

  void tenant(@Nullable TenantId known) {
    tenant = known;
  }

  void user(UserId known) {
    user = known;
  }

  void chatSession(@Nullable ChatSessionId known) {
    chatSession = known;
  }

  void sender(Sender known) {
    sender = known;
  }

  /** Sets a prefix for the id that the event is sent with; that id may then be a reserved one. */
  void idNamespace(String namespace) {
    idNamespace = namespace;
  }

  // ---- fields as the event is sent with them

  /** Returns false and adds an error if the event already had a member of that name. */
  boolean isFirst(String name) {
    boolean first = seen.add(name);
    if (!first) {
      addError(name, "appears more than once");
    }
    return first;
  }

  /** Reads a field from the value at the parser's current token, to its end; null sets nothing. */
  void read(EventField field, JsonParser parser) throws IOException {
    if (field == EventField.PAYLOAD) {
      payload(PayloadNormalizer.read(parser, rules.maxPayload()));
    } else if (parser.currentToken() == JsonToken.VALUE_STRING && isText(field)) {
      set(field, parser.getText());
    } else if (field == EventField.USER && isDecimal(parser)) {
      user = new UserId(parser.getText());
    } else if (isScalarOf(field, parser.currentToken())) {
      set(field, parser.getText());
    } else if (parser.currentToken() != JsonToken.VALUE_NULL) {
      addError(names.apply(field), "must be " + kindOf(field));
      parser.skipChildren();
    }
  }

  private static boolean isText(EventField field) {
    return field != EventField.KEEP_FOR && field != EventField.FORGET;
  }

  private static boolean isScalarOf(EventField field, JsonToken token) {
    return switch (field) {
      case KEEP_FOR -> token == JsonToken.VALUE_NUMBER_INT;
      case FORGET -> token == JsonToken.VALUE_TRUE || token == JsonToken.VALUE_FALSE;
      default -> false;
    };
  }

  private static String kindOf(EventField field) {
    return switch (field) {
      case KEEP_FOR -> "a whole number of seconds";
      case FORGET -> "true";
      default -> "a string";
    };
  }

  /** Whether the value is a JSON integer that can be a user id. */
  private static boolean isDecimal(JsonParser parser) throws IOException {
    return parser.currentToken() == JsonToken.VALUE_NUMBER_INT
        && parser.getText().matches("\\d{1,64}");
  }

  /** Sets any field but the payload from its text. */
  void set(EventField field, String text) {
    try {
      switch (field) {
        case TENANT -> tenant = new TenantId(text);
        case TYPE -> type = EventRules.publishableType(text);
        case USER -> user = new UserId(text);
        case TOPIC -> topic = Topic.under(rules.topicPrefix(), text);
        case CHAT_SESSION -> chatSession = new ChatSessionId(text);
        case ID -> id = eventId(text);
        case OFFLINE -> store = EventRules.offline(text);
        case KEEP, KEEP_FOR, FORGET, AS_OF -> keep.set(field, text);
        case PAYLOAD -> throw new IllegalArgumentException("the payload is not a string");
      }
    } catch (InvalidNameException e) {
      addError(names.apply(field), Reason.of(e));
    }
  }

  private EventId eventId(String text) {
    return idNamespace.isEmpty() ? EventRules.producerId(text) : IdNamespace.id(idNamespace, text);
  }

  /** Sets the payload; null means that it is too long. */
  void payload(@Nullable Payload read) {
    payload = read;
    if (read == null) {
      String name = names.apply(EventField.PAYLOAD);
      invalid.add(name);
      fieldErrors.addTooLarge(
          FieldErrors.memberPointer(pointer, name),
          "is longer than " + rules.maxPayload() + " bytes");
    }
  }

  /** Sets the event id without the rules for ids that producers choose. */
  void id(EventId made) {
    id = made;
  }

  /** Whether the event was sent with a payload, valid or not. */
  boolean hasPayload() {
    return payload != null || invalid.contains(names.apply(EventField.PAYLOAD));
  }

  /** Adds an error for the member of that name; the event can't be built then. */
  void addError(String name, String message) {
    invalid.add(name);
    fieldErrors.add(FieldErrors.memberPointer(pointer, name), message);
  }

  /** Returns the event; null if a field is invalid or missing, after adding an error for it. */
  @Nullable EventDraft build() {
    require(EventField.TENANT, tenant);
    require(EventField.TYPE, type);
    require(EventField.PAYLOAD, payload);
    checkKeep();
    if (tenant == null || type == null || payload == null || !invalid.isEmpty()) {
      return null;
    }
    EventDraft draft =
        new EventDraft(
            tenant, type, payload, user, topic, chatSession, id, store, sender, keep.request());
    return matchesSchema(draft) ? draft : null;
  }

  private void checkKeep() {
    KeepMembers.Fault fault = keep.fault();
    String name = names.apply(EventField.KEEP);
    if (fault != null && !invalid.contains(name)) {
      addError(names.apply(fault.field()), fault.reason());
    } else if (keep.request() != null && user != null) {
      addError(name, "an event for one user can't be kept; leave out user_id or keep");
    } else if (keep.request() != null && type != null && type.isLiveOnly()) {
      addError(name, "events of this type are live only and can't be kept");
    }
  }

  private void require(EventField field, @Nullable Object value) {
    String name = names.apply(field);
    if (value == null && !invalid.contains(name)) {
      addError(name, "is required");
    }
  }

  private boolean matchesSchema(EventDraft draft) {
    String payloadPointer = FieldErrors.memberPointer(pointer, names.apply(EventField.PAYLOAD));
    List<FieldError> violations =
        rules.check().violations(draft.tenant(), draft.type(), draft.payload());
    for (FieldError violation : violations) {
      fieldErrors.add(payloadPointer + violation.pointer(), violation.message());
    }
    return violations.isEmpty();
  }
}
