package dev.switchboard.ingest.parse;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.config.SchemasConfig;
import dev.switchboard.event.Envelope;
import dev.switchboard.event.EnvelopeHead;
import dev.switchboard.event.Event;
import dev.switchboard.event.EventId;
import dev.switchboard.event.LogPosition;
import dev.switchboard.fuzz.FuzzTarget;
import dev.switchboard.fuzz.JsonTrees;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Bodies of {@code POST /events}. What is accepted is JSON for an independent reader too, has the
 * same payloads there, is read again from what is printed of it, and makes an envelope with the
 * same head.
 */
class EventBodyFuzzTest extends FuzzTarget {
  private static final Instant NOW = Instant.parse("2026-11-29T12:00:00Z");
  private static final LogPosition POSITION = new LogPosition("k3f9", 7);

  private final EventReader reader =
      new EventReader(
          new EventRules(
              "callcenter",
              2_000,
              5,
              new PayloadCheck(
                  new SchemasConfig(SchemasConfig.Mode.enforce, Map.of()),
                  new SimpleMeterRegistry()),
              Clock.fixed(NOW, ZoneOffset.UTC)));

  @Override
  protected void check(byte[] input) {
    EventReader.Body body;
    try {
      body = reader.read(input);
    } catch (InvalidEventsException refused) {
      assertThat(refused).message().isNotEmpty();
      return;
    }
    Object tree = JsonTrees.read(input).orElseThrow().value();
    for (int i = 0; i < body.events().size(); i++) {
      EventDraft event = body.events().get(i);
      JsonObject sent =
          (JsonObject) requireNonNull(tree instanceof JsonArray all ? all.getValue(i) : tree);
      Optional<JsonTrees.Tree> payload = JsonTrees.read(event.payload().bytes());
      assertThat(JsonTrees.same(payload.orElseThrow().value(), sent.getValue("payload"))).isTrue();
      assertThat(reader.read(printed(event).getBytes(UTF_8)).events()).containsExactly(event);
      assertHasItsEnvelope(event);
    }
  }

  private static String printed(EventDraft event) {
    JsonObject members = new JsonObject();
    put(members, EventField.TENANT, event.tenant());
    put(members, EventField.TYPE, event.type());
    put(members, EventField.USER, event.user());
    put(members, EventField.TOPIC, event.topic());
    put(members, EventField.CHAT_SESSION, event.chatSession());
    put(members, EventField.ID, event.id());
    if (event.store() != null) {
      put(members, EventField.OFFLINE, event.store() ? "store" : "drop");
    }
    KeepRequest keep = event.keep();
    if (keep != null) {
      put(members, EventField.KEEP, keep.key());
      put(members, EventField.AS_OF, keep.asOf());
      if (keep.keepFor() == null) {
        members.put(EventField.FORGET.plainName(), true);
      } else {
        members.put(EventField.KEEP_FOR.plainName(), keep.keepFor().toSeconds());
      }
    }
    String head = members.encode();
    return head.substring(0, head.length() - 1) + ",\"payload\":" + event.payload() + "}";
  }

  private static void put(JsonObject members, EventField field, @Nullable Object value) {
    if (value != null) {
      members.put(field.plainName(), value.toString());
    }
  }

  private static void assertHasItsEnvelope(EventDraft draft) {
    EventId id = draft.id() == null ? new EventId("e") : draft.id();
    Event event =
        new Event(
            id,
            draft.type(),
            draft.tenant(),
            NOW,
            draft.sender(),
            draft.keep() == null ? null : draft.keep().acceptedAt(NOW),
            draft.user(),
            draft.topic(),
            draft.chatSession(),
            draft.payload());

    byte[] envelope = Envelope.at(POSITION, Envelope.body(event));

    EnvelopeHead head = requireNonNull(EnvelopeHead.scan(envelope));
    assertThat(head)
        .isEqualTo(
            new EnvelopeHead(
                POSITION,
                id,
                event.type(),
                event.tenant(),
                event.keep(),
                event.user(),
                event.topic(),
                event.chatSession(),
                null,
                head.payloadStart()));
    assertThat(Envelope.payloadOf(envelope)).isEqualTo(event.payload().bytes());
    assertThat(JsonTrees.read(envelope)).isPresent();
  }
}
