package dev.switchboard.redis;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.event.Envelope;
import dev.switchboard.event.EnvelopeHead;
import dev.switchboard.event.Event;
import dev.switchboard.event.EventId;
import dev.switchboard.event.Topic;
import dev.switchboard.event.UserId;
import dev.switchboard.fuzz.FuzzTarget;
import dev.switchboard.fuzz.JsonTrees;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Messages of other programs on channels and in inboxes. What is accepted comes into the server's
 * own form: it can be scanned, with or without an id, and has the payload that was sent.
 */
class ForeignEnvelopeFuzzTest extends FuzzTarget {
  @Override
  protected void check(byte[] input) {
    check(input, null);
    check(input, new Topic("callcenter:custom:alerts"));
  }

  private static void check(byte[] input, @Nullable Topic channel) {
    ForeignEnvelope envelope = ForeignEnvelope.parse(input, channel);
    if (envelope == null) {
      return;
    }
    JsonObject sent = JsonTrees.object(text(input)).orElseThrow();
    JsonObject made = JsonTrees.object(text(envelope.envelope())).orElseThrow();
    assertThat(JsonTrees.same(made.getValue("payload"), sent.getValue("payload"))).isTrue();
    if (envelope.head().id() != null && made.containsKey("timestamp")) {
      assertThat(EnvelopeHead.scan(envelope.envelope())).isEqualTo(envelope.head());
    }
    Event event =
        envelope.asEventFor(new UserId("456"), new EventId("e"), Instant.ofEpochSecond(1));
    EnvelopeHead stored = EnvelopeHead.scan(Envelope.withoutPosition(Envelope.body(event)));
    assertThat(requireNonNull(stored).type()).isEqualTo(envelope.head().type());
  }
}
