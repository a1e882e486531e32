package dev.switchboard.ingest;

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
    boolean takes(String name, EventMembers members);
  }

  /** Reads the value at which the parser stands; null if it has faults. */
  static @Nullable EventDraft read(JsonParser parser, EventMembers members, Filter filter)
      throws IOException {
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      parser.nextToken();
      Member member = Member.ofPlainName(name);
      if (!members.isFirst(name) || !filter.takes(name, members)) {
        parser.skipChildren();
      } else if (member == null) {
        members.fault(name, "is unknown; an event has " + Member.plainNames());
        parser.skipChildren();
      } else {
        members.take(member, parser);
      }
    }
    return members.finish();
  }

  /** Whether the parser stands at an object; if not, that is a fault and the value passed over. */
  static boolean isObject(JsonParser parser, Faults faults, String pointer) throws IOException {
    if (parser.currentToken() == JsonToken.START_OBJECT) {
      return true;
    }
    faults.add(pointer, "an event is a JSON object");
    parser.skipChildren();
    return false;
  }
}
