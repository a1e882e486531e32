package dev.switchboard.ingest.parse;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Parses one event in its plain form: a JSON object with the plain names of {@link EventField}. */
final class PlainEvent {
  private PlainEvent() {}

  /** Decides which members are read, where a sender may not set them all. */
  interface Filter {
    /** Reads every member. */
    Filter NONE = (name, event) -> true;

    /** Returns false to skip the member, after adding an error if it must not be there. */
    boolean accepts(String name, EventBuilder event);
  }

  /** Reads the object at the parser's current token; null if a field is invalid. */
  static @Nullable EventDraft read(JsonParser parser, EventBuilder event, Filter filter)
      throws IOException {
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      parser.nextToken();
      EventField field = EventField.ofPlainName(name);
      if (!event.isFirst(name) || !filter.accepts(name, event)) {
        parser.skipChildren();
      } else if (field == null) {
        event.addError(name, EventRules.reasonToRefuse(name));
        parser.skipChildren();
      } else {
        event.read(field, parser);
      }
    }
    return event.build();
  }

  /** Whether the current token begins an object; if not, adds an error and skips the value. */
  static boolean isObject(JsonParser parser, FieldErrors fieldErrors, String pointer)
      throws IOException {
    if (parser.currentToken() == JsonToken.START_OBJECT) {
      return true;
    }
    fieldErrors.add(pointer, "must be a JSON object with the members of an event");
    parser.skipChildren();
    return false;
  }
}
