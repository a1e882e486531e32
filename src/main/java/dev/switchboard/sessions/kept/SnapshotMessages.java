package dev.switchboard.sessions.kept;

import dev.switchboard.event.Envelope;
import dev.switchboard.event.EnvelopeHead;
import dev.switchboard.event.LogEvent;
import dev.switchboard.kept.KeptPage;
import dev.switchboard.sessions.session.KeptName;
import dev.switchboard.sessions.session.ServerMessages;
import dev.switchboard.sessions.session.Session;
import dev.switchboard.sessions.session.SharedMessage;
import dev.switchboard.sessions.session.Snapshot;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Writes a snapshot to a session. Like a replay it is outside the bounds of the queue, so its
 * caller writes the next page only when the transport is writable.
 */
public final class SnapshotMessages {
  private static final int MAX_BYTES = 64 << 10;
  private static final byte[] PAGE_START =
      "{\"type\":\"kept.page\",\"payload\":{\"events\":[".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] PAGE_END = "]}}".getBytes(StandardCharsets.US_ASCII);

  private SnapshotMessages() {}

  /** Says that a snapshot begins; {@code position} is the session's. */
  public static void begin(Session session, Snapshot snapshot, String position) {
    write(
        session,
        ServerMessages.message(
            "kept.begin",
            new JsonObject()
                .put("kept", names(snapshot.names()))
                .put("position", position)
                .put("since", Envelope.formatTimestamp(snapshot.start().since()))
                .put("time", Envelope.formatTimestamp(snapshot.start().time()))));
  }

  /** Says that a snapshot has ended; {@code position} is the session's. */
  public static void end(Session session, Snapshot snapshot, String position) {
    write(
        session,
        ServerMessages.message(
            "kept.end",
            new JsonObject()
                .put("kept", names(snapshot.names()))
                .put("position", position)
                .put("count", snapshot.count())
                .put("unreadable", snapshot.unreadable())));
  }

  /** Says that the last event of a key is of a type that the session may not see. */
  public static JsonObject hidden(EnvelopeHead head) {
    JsonObject payload =
        new JsonObject()
            .put("id", String.valueOf(head.position()))
            .put("keep", head.keep() == null ? null : head.keep().key().toString());
    if (head.topic() != null) {
      payload.put("topic", head.topic().value());
    }
    return ServerMessages.message("kept.hidden", payload);
  }

  private static JsonArray names(List<KeptName> names) {
    return new JsonArray(names.stream().map(KeptName::toString).toList());
  }

  /** Writes those events of a page that the session may see; returns how many. */
  public static long page(Session session, KeptPage page) {
    ByteArrayOutputStream message = new ByteArrayOutputStream();
    long count = 0;
    for (LogEvent event : page.events()) {
      if (session.filter().visible().allows(event.head().type())) {
        if (message.size() > 0 && message.size() + event.envelope().length > MAX_BYTES) {
          writePage(session, message);
        }
        message.writeBytes(message.size() == 0 ? PAGE_START : new byte[] {','});
        message.writeBytes(event.envelope());
        count++;
      }
    }
    if (message.size() > 0) {
      writePage(session, message);
    }
    return count;
  }

  private static void writePage(Session session, ByteArrayOutputStream message) {
    message.writeBytes(PAGE_END);
    try (SharedMessage shared = new SharedMessage(message.toByteArray())) {
      session.transport().write(shared);
    }
    message.reset();
  }

  private static void write(Session session, JsonObject json) {
    try (SharedMessage message = SharedMessage.of(json)) {
      session.transport().write(message);
    }
  }
}
