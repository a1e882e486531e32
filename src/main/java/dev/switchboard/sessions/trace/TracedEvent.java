package dev.switchboard.sessions.trace;

import dev.switchboard.event.Envelope;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.util.List;

/** The JSON of an event in a trace; the payload's bytes are those of the envelope. */
final class TracedEvent {
  private static final List<String> COPIED =
      List.of("type", "user_id", "session_id", "topic", "sender", "keep", "keep_until", "forget");

  private TracedEvent() {}

  static Buffer of(byte[] envelope, boolean headOnly) {
    int headEnd = Envelope.payloadMember(envelope);
    JsonObject head =
        new JsonObject(
            Buffer.buffer(headEnd + 1).appendBytes(envelope, 0, headEnd).appendByte((byte) '}'));
    JsonObject shown =
        new JsonObject()
            .put("at", head.getValue("timestamp"))
            .put("id", head.getValue("event_id"))
            .put("position", head.getValue("id"));
    for (String member : COPIED) {
      if (head.containsKey(member)) {
        shown.put(member, head.getValue(member));
      }
    }
    if (headOnly) {
      return shown.put("payload_hidden", true).toBuffer();
    }
    Buffer json = shown.toBuffer();
    return json.slice(0, json.length() - 1)
        .copy()
        .appendBytes(envelope, headEnd, envelope.length - headEnd);
  }
}
