package dev.switchboard.ingest.parse;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** One event in its plain form: a JSON object with the members that every session later sees. */
final class PlainEvent {
  private PlainEvent() {}

  /** Decides which members count, where a sender may not set them all. */
  interface Filter {
    /** Takes every member. */
    Filter NONE = (name, members) -> true;

    /** False for a member that is passed over; if that is a fault, it was told. */
    boolean takes(String name, EventBuilder members);
  }

  /** Reads the value at which the parser stands; null if it has faults. */
  static @Nullable EventDraft read(JsonParser parser, EventBuilder members, Filter filter)
      throws IOException {
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      parser.nextToken();
      EventField eventField = EventField.ofPlainName(name);
      if (!members.isFirst(name) || !filter.takes(name, members)) {
        parser.skipChildren();
      } else if (eventField == null) {
        members.fault(name, "is unknown; an event has " + EventField.plainNames());
        parser.skipChildren();
      } else {
        members.take(eventField, parser);
      }
    }
    return members.finish();
  }

  /** Whether the parser stands at an object; if not, that is a fault and the value passed over. */
  static boolean isObject(JsonParser parser, FieldErrors fieldErrors, String pointer)
      throws IOException {
    if (parser.currentToken() == JsonToken.START_OBJECT) {
      return true;
    }
    fieldErrors.add(pointer, "an event is a JSON object");
    parser.skipChildren();
    return false;
  }
}
