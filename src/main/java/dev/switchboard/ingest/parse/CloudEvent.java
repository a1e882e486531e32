package dev.switchboard.ingest.parse;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.switchboard.event.EventId;
import dev.switchboard.event.Payload;
import dev.switchboard.event.TenantId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Builds an event from the attributes and data of one CloudEvent: {@code source} and {@code id}
 * together become the event id, {@code subject} the user, the extensions {@code tenantid}, {@code
 * topic}, {@code sessionid}, {@code offline}, {@code keep}, {@code keepfor}, {@code forget} and
 * {@code asof} our fields of those names, and {@code data} the payload. Attributes of the sender
 * are refused, other ones ignored.
 */
final class CloudEvent {
  private static final String VERSION = "1.0";
  private static final Payload NO_DATA =
      Payload.ofNormalised("null".getBytes(StandardCharsets.US_ASCII));

  private final String pointer;
  private final EventBuilder event;
  private @Nullable String version;
  private @Nullable String source;
  private @Nullable String id;
  private @Nullable String contentType;
  private @Nullable String encodedData;

  CloudEvent(EventRules rules, FieldErrors fieldErrors, String pointer, @Nullable TenantId tenant) {
    this.pointer = pointer;
    this.event = new EventBuilder(rules, fieldErrors, pointer, EventField::attribute);
    event.tenant(tenant);
  }

  String pointer() {
    return pointer;
  }

  /** Reads a member of the JSON form; the parser's current token begins its value. */
  void readMember(String name, JsonParser parser) throws IOException {
    if (!event.isFirst(name)) {
      parser.skipChildren();
    } else if (name.equals(EventField.PAYLOAD.attribute())) {
      event.read(EventField.PAYLOAD, parser);
    } else if (name.equals(EventField.KEEP_FOR.attribute())) {
      event.read(EventField.KEEP_FOR, parser);
    } else if (name.equals(EventField.FORGET.attribute())) {
      event.read(EventField.FORGET, parser);
    } else if (parser.currentToken() == JsonToken.VALUE_STRING) {
      attribute(name, parser.getText());
    } else if (parser.currentToken() != JsonToken.VALUE_NULL && isUsed(name)) {
      event.addError(name, "must be a string");
      parser.skipChildren();
    } else {
      parser.skipChildren();
    }
  }

  private static boolean isUsed(String name) {
    return EventField.ofAttribute(name) != null
        || EventRules.isSetByServer(name)
        || name.equals("specversion")
        || name.equals("source")
        || name.equals("datacontenttype")
        || name.equals("data_base64");
  }

  /** Sets an attribute; later ones of the same name replace it. */
  void attribute(String name, String text) {
    switch (name) {
      case "specversion" -> version = text;
      case "source" -> source = text;
      case "id" -> id = text;
      case "datacontenttype" -> contentType = text;
      case "data_base64" -> encodedData = text;
      default -> eventAttribute(name, text);
    }
  }

  private void eventAttribute(String name, String text) {
    EventField field = EventField.ofAttribute(name);
    if (field != null && field != EventField.PAYLOAD) {
      event.set(field, text);
    } else if (EventRules.isSetByServer(name)) {
      event.addError(name, EventRules.reasonToRefuse(name));
    }
  }

  /** Parses data that is separate from the attributes. */
  void data(byte[] json) {
    boolean unused =
        JsonInput.read(
            json,
            parser -> {
              if (parser.nextToken() == null) {
                throw InvalidEventsException.malformed("the data is empty");
              }
              event.read(EventField.PAYLOAD, parser);
              return true;
            });
  }

  /** Returns the event; null if a field is invalid. */
  @Nullable EventDraft build() {
    if (!VERSION.equals(version)) {
      event.addError("specversion", "must be " + VERSION);
    }
    requireAttribute("source", source);
    requireAttribute("id", id);
    if (encodedData != null) {
      decode(encodedData);
    } else if (event.hasPayload()) {
      requireJson("datacontenttype");
    } else {
      event.payload(NO_DATA);
    }
    event.id(new EventId("ce-" + Fingerprint.of(source + "\0" + id)));
    return event.build();
  }

  private void requireAttribute(String name, @Nullable String value) {
    if (value == null || value.isEmpty()) {
      event.addError(name, "is required");
    }
  }

  private void decode(String base64) {
    if (event.hasPayload()) {
      event.addError("data_base64", "send either data or data_base64, not both");
    } else if (requireJson("data_base64")) {
      try {
        data(Base64.getDecoder().decode(base64));
      } catch (IllegalArgumentException e) {
        event.addError("data_base64", "is not valid Base64");
      } catch (InvalidEventsException e) {
        event.addError("data_base64", "does not hold valid JSON");
      }
    }
  }

  /** Adds an error if the content type says that the data is not JSON. */
  @CanIgnoreReturnValue
  private boolean requireJson(String name) {
    boolean json = contentType == null || isJson(contentType);
    if (!json) {
      event.addError(
          name, "the data must be JSON, and datacontenttype a JSON media type or absent");
    }
    return json;
  }

  /** Whether the media type is JSON or has the suffix {@code +json}. */
  static boolean isJson(String mediaType) {
    String type = mediaType.split(";", 2)[0].trim().toLowerCase(Locale.ROOT);
    return type.equals("application/json") || type.endsWith("+json");
  }
}
