package dev.switchboard.event;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The form of an event on the wire: a JSON object whose members have a fixed order, {@code id}
 * first and {@code payload} last, so that a router can read the head without parsing the payload.
 *
 * <p>Ingest makes everything after the id (the <em>body</em>) once; the log's script puts the id in
 * front when it knows the offset. The same bytes then go through Redis to every socket. The
 * alphabets of the names in the head need no JSON escapes.
 */
public final class Envelope {
  private static final DateTimeFormatter SECONDS =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.").withZone(ZoneOffset.UTC);
  private static final byte[] PAYLOAD_MEMBER = ",\"payload\":".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] NO_ID = "{\"id\":null,".getBytes(StandardCharsets.US_ASCII);

  /** The second that was formatted last: most events of a node have the same one. */
  private static volatile FormattedSecond lastSecond = FormattedSecond.of(Instant.EPOCH);

  private record FormattedSecond(long epochSecond, String text) {
    static FormattedSecond of(Instant time) {
      return new FormattedSecond(time.getEpochSecond(), SECONDS.format(time));
    }
  }

  private Envelope() {}

  /** The envelope of an event without its id: from {@code "event_id"} to the closing brace. */
  public static byte[] body(Event event) {
    StringBuilder head = new StringBuilder(256);
    head.append("\"event_id\":\"").append(event.id().value());
    head.append("\",\"type\":\"").append(event.type().value());
    head.append("\",\"tenant_id\":\"").append(event.tenant().value());
    head.append("\",\"timestamp\":\"").append(formatTimestamp(event.timestamp())).append('"');
    if (event.sender() != null) {
      head.append(",\"sender\":").append(event.sender().json());
    }
    if (event.keep() != null) {
      appendKeep(head, event.keep());
    }
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
    byte[] body = Arrays.copyOf(headBytes, headBytes.length + payload.length + 1);
    System.arraycopy(payload, 0, body, headBytes.length, payload.length);
    body[body.length - 1] = '}';
    return body;
  }

  /** The body with the event's position in its user's inbox, for its log. */
  public static byte[] inInbox(byte[] body, EnvelopeHead.InboxPosition position) {
    return withMember(body, "inbox", position.toString());
  }

  /**
   * The same body, or whole envelope, with one more member before the payload.
   *
   * @param text ASCII that needs no JSON escapes
   */
  public static byte[] withMember(byte[] envelope, String name, String text) {
    int head = payloadMember(envelope);
    byte[] member = (",\"" + name + "\":\"" + text + "\"").getBytes(StandardCharsets.US_ASCII);
    byte[] start = concat(Arrays.copyOf(envelope, head), member);
    return concat(start, Arrays.copyOfRange(envelope, head, envelope.length));
  }

  /** The same body, or whole envelope, without the member of that name in its head. */
  public static byte[] withoutMember(byte[] envelope, String name) {
    HeadMembers members = new HeadMembers(envelope);
    while (nextInHead(members)) {
      int from = members.start();
      boolean found = members.isNamed(name);
      if (!members.skipValue()) {
        break;
      }
      if (found) {
        byte[] rest = Arrays.copyOfRange(envelope, members.valueStart(), envelope.length);
        return concat(Arrays.copyOf(envelope, from), rest);
      }
    }
    return envelope;
  }

  /** The text of a member of the head; null if it has no such member, or no text in it. */
  public static @Nullable String memberText(byte[] envelope, String name) {
    HeadMembers members = new HeadMembers(envelope);
    while (nextInHead(members)) {
      if (members.isNamed(name)) {
        return members.text();
      }
      if (!members.skipValue()) {
        break;
      }
    }
    return null;
  }

  /** Moves to the next member, unless that is the payload. */
  private static boolean nextInHead(HeadMembers members) {
    return members.next() && !members.isNamed("payload") && !members.isNamed("sealed");
  }

  private static void appendKeep(StringBuilder head, Keep keep) {
    head.append(",\"keep\":\"").append(keep.key()).append('"');
    if (keep instanceof Keep.Until until) {
      head.append(",\"keep_until\":\"").append(formatTimestamp(until.end())).append('"');
    } else {
      head.append(",\"forget\":true");
    }
  }

  /** The same body, or whole envelope, of an event that is not kept. */
  public static byte[] withoutKeep(byte[] envelope) {
    HeadMembers members = new HeadMembers(envelope);
    int from = -1;
    while (members.next()) {
      boolean ofKeep =
          members.isNamed("keep") || members.isNamed("keep_until") || members.isNamed("forget");
      if (ofKeep && from < 0) {
        from = members.start();
      } else if (!ofKeep && from >= 0) {
        byte[] rest = Arrays.copyOfRange(envelope, members.start(), envelope.length);
        return concat(Arrays.copyOf(envelope, from), rest);
      }
      if (members.isNamed("payload") || !members.skipValue()) {
        break;
      }
    }
    return envelope;
  }

  /** The whole envelope of an event at a position of its log. */
  public static byte[] at(LogPosition position, byte[] body) {
    byte[] id = ("{\"id\":\"" + position + "\",").getBytes(StandardCharsets.US_ASCII);
    return concat(id, body);
  }

  /** The whole envelope of an event that is not in a log: live only, or from the inbox. */
  public static byte[] withoutPosition(byte[] body) {
    return concat(NO_ID, body);
  }

  /** The payload's bytes in a body or a whole envelope of this form. */
  public static byte[] payloadOf(byte[] envelope) {
    return Arrays.copyOfRange(
        envelope, payloadMember(envelope) + PAYLOAD_MEMBER.length, envelope.length - 1);
  }

  /** Index at which the payload's member begins in a body or a whole envelope of this form. */
  public static int payloadMember(byte[] envelope) {
    HeadMembers members = new HeadMembers(envelope);
    while (members.next()) {
      if (members.isNamed("payload")) {
        return members.start();
      }
      if (!members.skipValue()) {
        break;
      }
    }
    throw new IllegalArgumentException("not an envelope: it has no payload");
  }

  /**
   * Index at which the head ends, before a plain or sealed payload; -1 in bytes of another form.
   */
  public static int headEnd(byte[] stored) {
    HeadMembers members = new HeadMembers(stored);
    while (members.next()) {
      if (members.isNamed("payload") || members.isNamed("sealed")) {
        return members.start();
      }
      if (!members.skipValue()) {
        break;
      }
    }
    return -1;
  }

  /** Puts a payload behind a head, which is that of a body or of a whole envelope. */
  public static byte[] withPayload(byte[] head, byte[] payload) {
    byte[] start = concat(head, PAYLOAD_MEMBER);
    byte[] envelope = Arrays.copyOf(start, start.length + payload.length + 1);
    System.arraycopy(payload, 0, envelope, start.length, payload.length);
    envelope[envelope.length - 1] = '}';
    return envelope;
  }

  /**
   * The body of an envelope made by {@link #withoutPosition}; other bytes are returned as they are.
   */
  public static byte[] withoutId(byte[] envelope) {
    boolean has =
        envelope.length >= NO_ID.length
            && Arrays.equals(envelope, 0, NO_ID.length, NO_ID, 0, NO_ID.length);
    return has ? Arrays.copyOfRange(envelope, NO_ID.length, envelope.length) : envelope;
  }

  /** Formats a time as ISO 8601 in UTC with exactly three digits of a second. */
  public static String formatTimestamp(Instant timestamp) {
    FormattedSecond second = lastSecond;
    if (second.epochSecond() != timestamp.getEpochSecond()) {
      second = FormattedSecond.of(timestamp);
      lastSecond = second;
    }
    int millis = timestamp.getNano() / 1_000_000;
    String zeros = millis < 10 ? "00" : millis < 100 ? "0" : "";
    return second.text() + zeros + millis + 'Z';
  }

  private static byte[] concat(byte[] a, byte[] b) {
    byte[] joined = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, joined, a.length, b.length);
    return joined;
  }
}
