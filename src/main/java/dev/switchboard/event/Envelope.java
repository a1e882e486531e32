package dev.switchboard.event;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;

/**
 * The one form of an event on the wire: a JSON object whose members stand in a fixed order, {@code
 * id} first and {@code payload} last, so that a router reads only its head.
 *
 * <p>Ingest makes everything behind the id (the <em>tail</em>) once; the log's script puts the id
 * in front when it knows the offset. The same bytes then go through Redis to every socket. Names in
 * the head are of alphabets that need no JSON escapes.
 */
public final class Envelope {
  private static final DateTimeFormatter TIMESTAMP =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);
  private static final byte[] PAYLOAD_MEMBER = ",\"payload\":".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] SEALED_MEMBER = ",\"sealed\":".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] NO_ID = "{\"id\":null,".getBytes(StandardCharsets.US_ASCII);

  private Envelope() {}

  /** All bytes after the id: from {@code "event_id"} to the closing brace. */
  public static byte[] tail(Event event) {
    StringBuilder head = new StringBuilder(256);
    head.append("\"event_id\":\"").append(event.id().value());
    head.append("\",\"type\":\"").append(event.type().value());
    head.append("\",\"tenant_id\":\"").append(event.tenant().value());
    head.append("\",\"timestamp\":\"").append(formatTimestamp(event.timestamp())).append('"');
    if (event.user() != null) {
      head.append(",\"user_id\":\"").append(event.user().value()).append('"');
    }
    if (event.topic() != null) {
      head.append(",\"topic\":\"").append(event.topic().value()).append('"');
    }
    if (event.chatSession() != null) {
      head.append(",\"session_id\":\"").append(event.chatSession().value()).append('"');
    }
    head.append(",\"payload\":");
    byte[] headBytes = head.toString().getBytes(StandardCharsets.US_ASCII);
    byte[] payload = event.payload().bytes();
    byte[] tail = Arrays.copyOf(headBytes, headBytes.length + payload.length + 1);
    System.arraycopy(payload, 0, tail, headBytes.length, payload.length);
    tail[tail.length - 1] = '}';
    return tail;
  }

  /** The whole envelope of an event that stands at a place in its log. */
  public static byte[] at(LogPosition place, byte[] tail) {
    byte[] head = ("{\"id\":\"" + place + "\",").getBytes(StandardCharsets.US_ASCII);
    return concat(head, tail);
  }

  /** The whole envelope of an event without a place: live only, or from the inbox. */
  public static byte[] withoutPlace(byte[] tail) {
    return concat(NO_ID, tail);
  }

  /** The payload's bytes inside a tail or a whole envelope made here. */
  public static byte[] payloadOf(byte[] envelope) {
    return Arrays.copyOfRange(
        envelope, payloadMember(envelope) + PAYLOAD_MEMBER.length, envelope.length - 1);
  }

  /**
   * Where the head of a tail or a whole envelope made here ends and its payload's member begins.
   */
  public static int payloadMember(byte[] envelope) {
    int member = indexOf(envelope, PAYLOAD_MEMBER);
    if (member < 0) {
      throw new IllegalArgumentException("no envelope: it has no payload");
    }
    return member;
  }

  /** Where the head ends, whatever member follows it; -1 if the bytes are none made here. */
  public static int headEnd(byte[] stored) {
    int plain = indexOf(stored, PAYLOAD_MEMBER);
    int sealed = indexOf(stored, SEALED_MEMBER);
    return plain < 0 || (sealed >= 0 && sealed < plain) ? sealed : plain;
  }

  /** A head, of a tail or a whole envelope, with its payload. */
  public static byte[] withPayload(byte[] head, byte[] payload) {
    byte[] start = concat(head, PAYLOAD_MEMBER);
    byte[] envelope = Arrays.copyOf(start, start.length + payload.length + 1);
    System.arraycopy(payload, 0, envelope, start.length, payload.length);
    envelope[envelope.length - 1] = '}';
    return envelope;
  }

  /** What begins with {@link #withoutPlace} without that beginning; anything else as it is. */
  public static byte[] withoutId(byte[] envelope) {
    boolean has =
        envelope.length >= NO_ID.length
            && Arrays.equals(envelope, 0, NO_ID.length, NO_ID, 0, NO_ID.length);
    return has ? Arrays.copyOfRange(envelope, NO_ID.length, envelope.length) : envelope;
  }

  /** ISO 8601 in UTC with exactly three digits of a second. */
  public static String formatTimestamp(Instant timestamp) {
    return TIMESTAMP.format(timestamp);
  }

  private static byte[] concat(byte[] a, byte[] b) {
    byte[] joined = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, joined, a.length, b.length);
    return joined;
  }

  /** The head's values can't hold a quote, so the first match is the member itself. */
  private static int indexOf(byte[] bytes, byte[] wanted) {
    outer:
    for (int i = 0; i <= bytes.length - wanted.length; i++) {
      for (int j = 0; j < wanted.length; j++) {
        if (bytes[i + j] != wanted[j]) {
          continue outer;
        }
      }
      return i;
    }
    return -1;
  }
}
