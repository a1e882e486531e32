package dev.switchboard.ingest;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import dev.switchboard.event.ChatSessionId;
import dev.switchboard.event.EventId;
import dev.switchboard.event.EventType;
import dev.switchboard.event.InvalidNameException;
import dev.switchboard.event.Payload;
import dev.switchboard.event.TenantId;
import dev.switchboard.event.Topic;
import dev.switchboard.event.UserId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads the body of {@code POST /events}: one event or an array. A streaming reader of its own,
 * because on the way in only the payload's bytes matter; a test holds it against the OpenAPI file.
 * Collects the faults with their JSON pointers. Usable from every thread.
 */
public final class EventReader {
  private static final JsonFactory JSON =
      JsonFactory.builder()
          // UTF-8 and nothing else: it is what was checked, and what the bytes are kept in.
          .disable(JsonFactory.Feature.CHARSET_DETECTION)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(256)
                  .maxNumberLength(400)
                  .maxNameLength(64 << 10)
                  .maxStringLength(16 << 20)
                  .build())
          .build();

  /** Faults told at most; a flood of them would cost more than the body that holds it. */
  private static final int MOST_FAULTS = 100;

  private static final String KNOWN_MEMBERS =
      "tenant_id, type, payload, user_id, topic, session_id, event_id, offline";

  private final String topicPrefix;
  private final int maxPayload;
  private final int maxBatch;

  /** For a deployment's topic prefix and bounds. */
  public EventReader(String topicPrefix, int maxPayloadBytes, int maxBatch) {
    this.topicPrefix = topicPrefix;
    this.maxPayload = maxPayloadBytes;
    this.maxBatch = maxBatch;
  }

  /** What a body held. */
  public record Body(List<EventDraft> events, boolean array) {
    public Body {
      events = List.copyOf(events);
    }
  }

  /**
   * Reads a whole body.
   *
   * @throws BadEventsException with every fault, if there is any
   */
  public Body read(byte[] body) {
    requireUtf8(body);
    try (JsonParser parser = JSON.createParser(body)) {
      return read(parser);
    } catch (StreamConstraintsException e) {
      String limit = e.getOriginalMessage().replaceFirst(", from `[^`]*`", "");
      throw new BadEventsException("the JSON passes a limit: " + limit, List.of(), true);
    } catch (JsonParseException e) {
      throw BadEventsException.malformed(
          "the body is no JSON: line "
              + e.getLocation().getLineNr()
              + ", column "
              + e.getLocation().getColumnNr());
    } catch (IOException e) {
      throw BadEventsException.malformed("the body is no JSON");
    }
  }

  /**
   * Who sends an event over a socket; what the server knows stands above what the message says.
   *
   * @param chatSession the only chat a visitor may write to; null for a user
   * @param idNamespace put in front of the message's event id, so that no sender can take an id
   *     that another one uses
   */
  public record Sender(TenantId tenant, @Nullable ChatSessionId chatSession, String idNamespace) {
    boolean isVisitor() {
      return chatSession != null;
    }
  }

  /**
   * Reads one event from a socket's message.
   *
   * @throws BadEventsException with every fault, if there is any
   */
  public EventDraft readMessage(String message, Sender sender) {
    List<EventDraft> events = new ArrayList<>();
    List<FieldError> errors = new ArrayList<>();
    boolean tooLarge;
    try (JsonParser parser = JSON.createParser(message)) {
      JsonToken unused = parser.nextToken();
      tooLarge = readOne(parser, new Draft("", errors, sender), events);
    } catch (IOException e) {
      throw BadEventsException.malformed("the message is no JSON object");
    }
    if (!errors.isEmpty() || events.isEmpty()) {
      throw new BadEventsException("the event is invalid", errors, tooLarge);
    }
    return events.get(0);
  }

  /**
   * Reads a body that holds one message for a user: an event whose tenant and user are known.
   *
   * @throws BadEventsException with every fault, if there is any
   */
  public EventDraft readMessage(byte[] body, TenantId tenant, UserId user) {
    requireUtf8(body);
    List<EventDraft> events = new ArrayList<>();
    List<FieldError> errors = new ArrayList<>();
    boolean tooLarge;
    try (JsonParser parser = JSON.createParser(body)) {
      if (parser.nextToken() == null) {
        throw BadEventsException.malformed("the body is empty; send {\"type\", \"payload\"}");
      }
      Draft draft = new Draft("", errors, null);
      draft.addressTo(new Addressee(tenant, user));
      tooLarge = readOne(parser, draft, events);
    } catch (StreamConstraintsException e) {
      throw new BadEventsException(
          "the JSON passes a limit: " + e.getOriginalMessage(), List.of(), true);
    } catch (IOException e) {
      throw BadEventsException.malformed("the body is no JSON");
    }
    if (!errors.isEmpty()) {
      throw new BadEventsException("nothing was stored; mend the listed fields", errors, tooLarge);
    }
    return events.get(0);
  }

  private record Addressee(TenantId tenant, UserId user) {}

  private Body read(JsonParser parser) throws IOException {
    List<EventDraft> events = new ArrayList<>();
    List<FieldError> errors = new ArrayList<>();
    JsonToken first = parser.nextToken();
    boolean array = first == JsonToken.START_ARRAY;
    boolean tooLarge = false;
    if (array) {
      int index = 0;
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        if (index >= maxBatch) {
          throw new BadEventsException(
              "more than " + maxBatch + " events in one call; split the array", List.of(), true);
        }
        tooLarge |= readOne(parser, new Draft("/" + index++, errors, null), events);
      }
    } else if (first == null) {
      throw BadEventsException.malformed("the body is empty; send one event or an array of them");
    } else {
      tooLarge = readOne(parser, new Draft("", errors, null), events);
    }
    if (parser.nextToken() != null) {
      throw BadEventsException.malformed("something follows the JSON value");
    }
    if (!errors.isEmpty()) {
      throw new BadEventsException(
          "nothing was published; mend the listed fields", errors, tooLarge);
    }
    return new Body(events, array);
  }

  /** Returns whether a payload was too large. */
  private boolean readOne(JsonParser parser, Draft draft, List<EventDraft> events)
      throws IOException {
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      fault(draft.errors, draft.pointer, "an event is a JSON object");
      parser.skipChildren();
      return false;
    }
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      parser.nextToken();
      draft.member(name, parser);
    }
    EventDraft event = draft.finish();
    if (event != null) {
      events.add(event);
    }
    return draft.tooLarge;
  }

  /** Gathers the members of one event. */
  private final class Draft {
    private final String pointer;
    private final List<FieldError> errors;
    private final @Nullable Sender sender;
    private final Set<String> faulty = new HashSet<>();
    private final Set<String> seen = new HashSet<>();
    private @Nullable TenantId tenant;
    private @Nullable EventType type;
    private @Nullable Payload payload;
    private @Nullable UserId user;
    private @Nullable Topic topic;
    private @Nullable ChatSessionId chatSession;
    private @Nullable EventId id;
    private @Nullable Boolean store;
    private boolean tooLarge;

    Draft(String pointer, List<FieldError> errors, @Nullable Sender sender) {
      this.pointer = pointer;
      this.errors = errors;
      this.sender = sender;
      if (sender != null) {
        this.tenant = sender.tenant();
        this.chatSession = sender.chatSession();
      }
    }

    /** Tenant and user are given; a member that names them counts as standing twice. */
    void addressTo(Addressee addressee) {
      tenant = addressee.tenant();
      user = addressee.user();
      seen.addAll(List.of("tenant_id", "user_id", "topic", "offline"));
    }

    void member(String name, JsonParser parser) throws IOException {
      if (!seen.add(name)) {
        fault(name, "stands twice");
        parser.skipChildren();
        return;
      }
      if (sender != null && settledBy(sender, name)) {
        parser.skipChildren();
        return;
      }
      switch (name) {
        case "tenant_id" -> tenant = name(name, parser, TenantId::new);
        case "type" -> type = name(name, parser, EventReader::publishableType);
        case "payload" -> payload(parser);
        case "user_id" -> user = userId(parser);
        case "topic" -> topic = name(name, parser, text -> Topic.under(topicPrefix, text));
        case "session_id" -> chatSession = name(name, parser, ChatSessionId::new);
        case "event_id" -> id = name(name, parser, this::eventId);
        case "offline" -> store = name(name, parser, EventReader::offline);
        default -> {
          fault(name, "is unknown; an event has " + KNOWN_MEMBERS);
          parser.skipChildren();
        }
      }
    }

    /** Members of a socket's message that the server does not take from it. */
    private boolean settledBy(Sender from, String name) {
      if (name.equals("ref") || name.equals("tenant_id")) {
        return true;
      }
      if (!from.isVisitor()) {
        return false;
      }
      if (name.equals("user_id") || name.equals("topic") || name.equals("offline")) {
        fault(name, "may not be set by a visitor");
        return true;
      }
      return name.equals("session_id");
    }

    private EventId eventId(String text) {
      return sender == null ? producerId(text) : new EventId(sender.idNamespace() + text);
    }

    private <T> @Nullable T name(String member, JsonParser parser, Function<String, T> parse)
        throws IOException {
      if (parser.currentToken() == JsonToken.VALUE_NULL) {
        return null;
      }
      if (parser.currentToken() != JsonToken.VALUE_STRING) {
        fault(member, "must be a text");
        parser.skipChildren();
        return null;
      }
      try {
        return parse.apply(parser.getText());
      } catch (InvalidNameException e) {
        fault(member, String.valueOf(e.getMessage()));
        return null;
      }
    }

    /** A JSON number is taken as its decimal text. */
    private @Nullable UserId userId(JsonParser parser) throws IOException {
      if (parser.currentToken() == JsonToken.VALUE_NUMBER_INT
          && parser.getText().matches("\\d{1,64}")) {
        return new UserId(parser.getText());
      }
      return name("user_id", parser, UserId::new);
    }

    private void payload(JsonParser parser) throws IOException {
      payload = PayloadForm.read(parser, maxPayload);
      if (payload == null) {
        tooLarge = true;
        fault("payload", "is longer than " + maxPayload + " bytes");
        payload = Payload.ofNormalised(new byte[0]);
      }
    }

    private void fault(String member, String message) {
      faulty.add(member);
      EventReader.fault(errors, pointer + "/" + escape(member), message);
    }

    @Nullable EventDraft finish() {
      require("tenant_id");
      require("type");
      require("payload");
      if (tenant == null || type == null || payload == null || !faulty.isEmpty()) {
        return null;
      }
      return new EventDraft(tenant, type, payload, user, topic, chatSession, id, store);
    }

    private void require(String member) {
      boolean missing =
          switch (member) {
            case "tenant_id" -> tenant == null;
            case "type" -> type == null;
            default -> payload == null;
          };
      if (missing && !faulty.contains(member)) {
        fault(member, "is required");
      }
    }
  }

  private static void fault(List<FieldError> errors, String pointer, String message) {
    if (errors.size() < MOST_FAULTS) {
      errors.add(new FieldError(pointer, message));
    }
  }

  private static EventType publishableType(String text) {
    EventType type = new EventType(text);
    if (type.isReserved()) {
      throw new InvalidNameException(
          "\"" + text + "\" is made by the server itself; choose another type");
    }
    return type;
  }

  private static EventId producerId(String text) {
    for (String ours : List.of("presence:", "ce-", "idem-")) {
      if (text.startsWith(ours)) {
        throw new InvalidNameException(
            "event ids that start with \"" + ours + "\" are made by the server");
      }
    }
    return new EventId(text);
  }

  private static Boolean offline(String text) {
    return switch (text) {
      case "store" -> true;
      case "drop" -> false;
      default -> throw new InvalidNameException("must be \"store\" or \"drop\"");
    };
  }

  private static String escape(String member) {
    return member.replace("~", "~0").replace("/", "~1");
  }

  private static void requireUtf8(byte[] body) {
    for (byte b : body) {
      if (b < 0) {
        decodeStrictly(body);
        return;
      }
    }
  }

  private static void decodeStrictly(byte[] body) {
    try {
      CharBuffer unused = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body));
    } catch (CharacterCodingException e) {
      throw BadEventsException.malformed("the body is not valid UTF-8");
    }
  }
}
