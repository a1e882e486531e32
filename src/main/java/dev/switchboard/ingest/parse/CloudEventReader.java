package dev.switchboard.ingest.parse;

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
 * Reads CloudEvents 1.0 in the three modes of their HTTP binding. Their data goes the same way as
 * the payload of a plain event, token by token, so that its bytes come out the same. Usable from
 * every thread.
 */
public final class CloudEventReader {
  private static final String NOTHING_PUBLISHED = "nothing was published; mend the listed fields";

  private final EventRules rules;

  /** For a deployment's rules. */
  public CloudEventReader(EventRules rules) {
    this.rules = rules;
  }

  /**
   * One event, attributes and data in one JSON object.
   *
   * @param tenant of an event that names none; null if it must
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

  /** An array of events, each as in {@link #structured}. */
  public Body batch(byte[] body, @Nullable TenantId tenant) {
    FieldErrors fieldErrors = new FieldErrors();
    Body read = JsonInput.read(body, parser -> batch(parser, fieldErrors, tenant));
    fieldErrors.throwIfAny(NOTHING_PUBLISHED);
    return read;
  }

  private Body batch(JsonParser parser, FieldErrors fieldErrors, @Nullable TenantId tenant)
      throws IOException {
    if (parser.nextToken() != JsonToken.START_ARRAY) {
      throw InvalidEventsException.malformed("a batch is an array of CloudEvents");
    }
    List<EventDraft> events = new ArrayList<>();
    int index = 0;
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      if (index >= rules.maxBatch()) {
        throw InvalidEventsException.tooMany(rules.maxBatch());
      }
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
      event.member(name, parser);
    }
    EventDraft draft = event.finish();
    if (draft != null) {
      events.add(draft);
    }
  }

  /**
   * Attributes beside the data, which is the whole body.
   *
   * @param attributes by their names in lower case
   */
  public Body binary(Map<String, String> attributes, byte[] data, @Nullable TenantId tenant) {
    FieldErrors fieldErrors = new FieldErrors();
    CloudEvent event = new CloudEvent(rules, fieldErrors, "", tenant);
    attributes.forEach(event::attribute);
    if (data.length > 0) {
      event.data(data);
    }
    EventDraft draft = event.finish();
    fieldErrors.throwIfAny(NOTHING_PUBLISHED);
    return new Body(draft == null ? List.of() : List.of(draft), false);
  }
}
