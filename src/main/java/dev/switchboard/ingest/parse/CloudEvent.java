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
 * One CloudEvent on its way to an event of ours: {@code source} and {@code id} together are the
 * identity, {@code subject} is the user, the extensions {@code tenantid}, {@code topic}, {@code
 * sessionid} and {@code offline} are our members of those names, {@code data} is the payload. Other
 * attributes are passed over.
 */
final class CloudEvent {
  private static final String VERSION = "1.0";
  private static final Payload NO_DATA =
      Payload.ofNormalised("null".getBytes(StandardCharsets.US_ASCII));

  private final String pointer;
  private final EventBuilder members;
  private @Nullable String version;
  private @Nullable String source;
  private @Nullable String id;
  private @Nullable String contentType;
  private @Nullable String encodedData;

  CloudEvent(EventRules rules, FieldErrors fieldErrors, String pointer, @Nullable TenantId tenant) {
    this.pointer = pointer;
    this.members = new EventBuilder(rules, fieldErrors, pointer, EventField::attribute);
    members.tenant(tenant);
  }

  String pointer() {
    return pointer;
  }

  /** Takes a member of the JSON form, at whose value the parser stands. */
  void member(String name, JsonParser parser) throws IOException {
    if (!members.isFirst(name)) {
      parser.skipChildren();
    } else if (name.equals(EventField.PAYLOAD.attribute())) {
      members.take(EventField.PAYLOAD, parser);
    } else if (parser.currentToken() == JsonToken.VALUE_STRING) {
      attribute(name, parser.getText());
    } else if (parser.currentToken() != JsonToken.VALUE_NULL && isOurs(name)) {
      members.fault(name, "must be a text");
      parser.skipChildren();
    } else {
      parser.skipChildren();
    }
  }

  private static boolean isOurs(String name) {
    return EventField.ofAttribute(name) != null
        || name.equals("specversion")
        || name.equals("source")
        || name.equals("datacontenttype")
        || name.equals("data_base64");
  }

  /** Takes an attribute from its text. */
  void attribute(String name, String text) {
    switch (name) {
      case "specversion" -> version = text;
      case "source" -> source = text;
      case "id" -> id = text;
      case "datacontenttype" -> contentType = text;
      case "data_base64" -> encodedData = text;
      default -> {
        EventField eventField = EventField.ofAttribute(name);
        if (eventField != null && eventField != EventField.PAYLOAD) {
          members.take(eventField, text);
        }
      }
    }
  }

  /** Takes data that stands by itself. */
  void data(byte[] json) {
    boolean unused =
        JsonInput.read(
            json,
            parser -> {
              if (parser.nextToken() == null) {
                throw InvalidEventsException.malformed("the data is empty");
              }
              members.take(EventField.PAYLOAD, parser);
              return true;
            });
  }

  /** The event; null if it has faults. */
  @Nullable EventDraft finish() {
    if (!VERSION.equals(version)) {
      members.fault("specversion", "must be " + VERSION);
    }
    if (source == null || source.isEmpty()) {
      members.fault("source", "is required");
    }
    if (id == null || id.isEmpty()) {
      members.fault("id", "is required");
    }
    if (encodedData != null) {
      decode(encodedData);
    } else if (members.hasPayload()) {
      requireJson("datacontenttype");
    } else {
      members.payload(NO_DATA);
    }
    members.madeId(new EventId("ce-" + Fingerprint.of(source + "\0" + id)));
    return members.finish();
  }

  private void decode(String base64) {
    if (members.hasPayload()) {
      members.fault("data_base64", "stands beside data; send one of them");
    } else if (requireJson("data_base64")) {
      try {
        data(Base64.getDecoder().decode(base64));
      } catch (IllegalArgumentException e) {
        members.fault("data_base64", "is no Base64");
      } catch (InvalidEventsException e) {
        members.fault("data_base64", "holds no JSON");
      }
    }
  }

  /** Whatever else the type names, JSON data would stand for something that they are not. */
  @CanIgnoreReturnValue
  private boolean requireJson(String name) {
    boolean json = contentType == null || isJson(contentType);
    if (!json) {
      members.fault(name, "the data must be JSON, and datacontenttype say so or be absent");
    }
    return json;
  }

  /** Whether a media type is JSON's or built on it. */
  static boolean isJson(String mediaType) {
    String type = mediaType.split(";", 2)[0].trim().toLowerCase(Locale.ROOT);
    return type.equals("application/json") || type.endsWith("+json");
  }
}
