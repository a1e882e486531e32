package dev.switchboard.ingest.parse;

import static dev.switchboard.ingest.parse.EventReader.NOTHING_PUBLISHED;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.switchboard.event.TenantId;
import dev.switchboard.ingest.parse.EventReader.Body;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Parses CloudEvents 1.0 in the three modes of their HTTP binding. Their data is read token by
 * token, as the payload of a plain event is, so that its bytes are the same. Usable from every
 * thread.
 */
public final class CloudEventReader {
  private final EventRules rules;

  public CloudEventReader(EventRules rules) {
    this.rules = rules;
  }

  /**
   * Parses one event in structured mode: attributes and data in one JSON object.
   *
   * @param tenant default for events that name none; null if they must name it
   * @throws InvalidEventsException if it is not JSON, or with all invalid fields
   */
  public Body structured(byte[] body, @Nullable TenantId tenant) {
    FieldErrors fieldErrors = new FieldErrors();
    List<EventDraft> events = new ArrayList<>(1);
    Body read =
        JsonInput.read(
            body,
            parser -> {
              if (parser.nextToken() == null) {
                throw InvalidEventsException.malformed("the body is empty; send one CloudEvent");
              }
              readOne(parser, new CloudEvent(rules, fieldErrors, "", tenant), fieldErrors, events);
              return new Body(events, false);
            });
    fieldErrors.throwIfAny(NOTHING_PUBLISHED);
    return read;
  }

  /** Parses an array of events, each as in {@link #structured}. */
  public Body batch(byte[] body, @Nullable TenantId tenant) {
    FieldErrors fieldErrors = new FieldErrors();
    Body read = JsonInput.read(body, parser -> batch(parser, fieldErrors, tenant));
    fieldErrors.throwIfAny(NOTHING_PUBLISHED);
    return read;
  }

  private Body batch(JsonParser parser, FieldErrors fieldErrors, @Nullable TenantId tenant)
      throws IOException {
    if (parser.nextToken() != JsonToken.START_ARRAY) {
      throw InvalidEventsException.malformed("a batch must be an array of CloudEvents");
    }
    List<EventDraft> events = new ArrayList<>();
    int index = 0;
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      rules.requireBatchIndex(index);
      String pointer = "/" + index++;
      readOne(parser, new CloudEvent(rules, fieldErrors, pointer, tenant), fieldErrors, events);
    }
    return new Body(events, true);
  }

  private static void readOne(
      JsonParser parser, CloudEvent event, FieldErrors fieldErrors, List<EventDraft> events)
      throws IOException {
    if (!PlainEvent.isObject(parser, fieldErrors, event.pointer())) {
      return;
    }
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      parser.nextToken();
      event.readMember(name, parser);
    }
    EventDraft draft = event.build();
    if (draft != null) {
      events.add(draft);
    }
  }

  /**
   * Parses one event in binary mode: attributes from headers, and the whole body as data.
   *
   * @param attributes values by attribute name in lower case
   * @param tenant default for an event that names none; null if it must name it
   * @throws InvalidEventsException if the data is not JSON, or with all invalid fields
   */
  public Body binary(Map<String, String> attributes, byte[] data, @Nullable TenantId tenant) {
    FieldErrors fieldErrors = new FieldErrors();
    CloudEvent event = new CloudEvent(rules, fieldErrors, "", tenant);
    attributes.forEach(event::attribute);
    if (data.length > 0) {
      event.data(data);
    }
    EventDraft draft = event.build();
    fieldErrors.throwIfAny(NOTHING_PUBLISHED);
    return new Body(draft == null ? List.of() : List.of(draft), false);
  }
}
