package dev.switchboard.ingest.parse;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Parses the body of {@code POST /events}: one event or an array of events. Reads a stream of JSON
 * tokens instead of a tree, because only the payload's bytes are kept; a test compares it with the
 * OpenAPI file. Usable from every thread.
 */
public final class EventReader {
  /** What a refusal because of invalid fields says. */
  public static final String NOTHING_PUBLISHED =
      "nothing was published; fix the fields listed in errors";

  private final EventRules rules;

  public EventReader(EventRules rules) {
    this.rules = rules;
  }

  /** The events of a body, and whether they came as an array. */
  public record Body(List<EventDraft> events, boolean array) {
    public Body {
      events = List.copyOf(events);
    }
  }

  /**
   * Parses a whole body.
   *
   * @throws InvalidEventsException if it is not JSON, or with all invalid fields
   */
  public Body read(byte[] body) {
    FieldErrors fieldErrors = new FieldErrors();
    Body read = JsonInput.read(body, parser -> read(parser, fieldErrors));
    fieldErrors.throwIfAny(NOTHING_PUBLISHED);
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
      rules.requireBatchIndex(index);
      readOne(parser, "/" + index++, fieldErrors, events);
    }
    return new Body(events, true);
  }

  private void readOne(
      JsonParser parser, String pointer, FieldErrors fieldErrors, List<EventDraft> events)
      throws IOException {
    if (!PlainEvent.isObject(parser, fieldErrors, pointer)) {
      return;
    }
    EventBuilder builder = new EventBuilder(rules, fieldErrors, pointer, EventField::plainName);
    EventDraft event = PlainEvent.read(parser, builder, PlainEvent.Filter.NONE);
    if (event != null) {
      events.add(event);
    }
  }
}
