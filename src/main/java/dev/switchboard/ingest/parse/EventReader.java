package dev.switchboard.ingest.parse;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads the body of {@code POST /events}: one event or an array. A streaming reader of its own,
 * because on the way in only the payload's bytes matter; a test holds it against the OpenAPI file.
 * Collects the faults with their JSON pointers. Usable from every thread.
 */
public final class EventReader {
  private final EventRules rules;

  /** For a deployment's rules. */
  public EventReader(EventRules rules) {
    this.rules = rules;
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
   * @throws InvalidEventsException with every fault, if there is any
   */
  public Body read(byte[] body) {
    FieldErrors fieldErrors = new FieldErrors();
    Body read = JsonInput.read(body, parser -> read(parser, fieldErrors));
    fieldErrors.throwIfAny("nothing was published; mend the listed fields");
    return read;
  }

  private Body read(JsonParser parser, FieldErrors fieldErrors) throws IOException {
    JsonToken first = parser.nextToken();
    if (first == null) {
      throw InvalidEventsException.malformed(
          "the body is empty; send one event or an array of them");
    }
    List<EventDraft> events = new ArrayList<>();
    if (first != JsonToken.START_ARRAY) {
      readOne(parser, "", fieldErrors, events);
      return new Body(events, false);
    }
    int index = 0;
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      requireRoom(index);
      readOne(parser, "/" + index++, fieldErrors, events);
    }
    return new Body(events, true);
  }

  private void requireRoom(int events) {
    if (events >= rules.maxBatch()) {
      throw InvalidEventsException.tooMany(rules.maxBatch());
    }
  }

  private void readOne(
      JsonParser parser, String pointer, FieldErrors fieldErrors, List<EventDraft> events)
      throws IOException {
    if (!PlainEvent.isObject(parser, fieldErrors, pointer)) {
      return;
    }
    EventBuilder members = new EventBuilder(rules, fieldErrors, pointer, EventField::plainName);
    EventDraft event = PlainEvent.read(parser, members, PlainEvent.Filter.NONE);
    if (event != null) {
      events.add(event);
    }
  }
}
