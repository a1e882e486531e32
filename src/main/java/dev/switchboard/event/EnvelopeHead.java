package dev.switchboard.event;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The members of an envelope that a router needs, read without parsing the payload.
 *
 * @param position null if the event is not in a log
 * @param id null only in an envelope that another program published without an id
 * @param user set if only that user may receive the event
 * @param inbox the position in the user's inbox; null if the event is not known to be there
 * @param payloadStart index of the payload's first byte
 */
public record EnvelopeHead(
    @Nullable LogPosition position,
    @Nullable EventId id,
    EventType type,
    TenantId tenant,
    @Nullable UserId user,
    @Nullable Topic topic,
    @Nullable ChatSessionId chatSession,
    @Nullable InboxPosition inbox,
    int payloadStart) {

  /** The log this event is routed by. */
  public LogId log() {
    return new LogId(tenant, topic);
  }

  /** Returns this head without its positions; the payload begins at {@code newPayloadStart}. */
  public EnvelopeHead withoutPosition(int newPayloadStart) {
    return new EnvelopeHead(
        null, id, type, tenant, user, topic, chatSession, null, newPayloadStart);
  }

  /**
   * Reads the head of an envelope in exactly the form that {@link Envelope} makes.
   *
   * @return null if a byte differs from that form: another program published the envelope, and it
   *     must be parsed as JSON
   */
  public static @Nullable EnvelopeHead scan(byte[] envelope) {
    try {
      return new Scanner(envelope).head();
    } catch (InvalidNameException malformed) {
      return null;
    }
  }

  /** Reads the fixed members in their order. */
  private static final class Scanner {
    private static final String TIMESTAMP_FORM = "0000-00-00T00:00:00.000Z";

    private final byte[] bytes;
    private int at;

    Scanner(byte[] bytes) {
      this.bytes = bytes;
    }

    @Nullable EnvelopeHead head() {
      LogPosition position = null;
      if (!skip("{\"id\":null")) {
        String text = value("{\"id\":\"");
        position = text == null ? null : LogPosition.parse(text);
        if (position == null) {
          return null;
        }
      }
      String id = value(",\"event_id\":\"");
      String type = value(",\"type\":\"");
      String tenant = value(",\"tenant_id\":\"");
      boolean timed = timestamp(",\"timestamp\":\"");
      String user = value(",\"user_id\":\"");
      String topic = value(",\"topic\":\"");
      String chatSession = value(",\"session_id\":\"");
      String inbox = value(",\"inbox\":\"");
      if (!timed || !payload() || id == null || type == null || tenant == null) {
        return null;
      }
      return new EnvelopeHead(
          position,
          new EventId(id),
          new EventType(type),
          new TenantId(tenant),
          user == null ? null : new UserId(user),
          topic == null ? null : new Topic(topic),
          chatSession == null ? null : new ChatSessionId(chatSession),
          inbox == null ? null : InboxPosition.parse(inbox),
          at);
    }

    /** Skips the timestamp, whose text must be as free of JSON escapes as the other members. */
    private boolean timestamp(String member) {
      if (!skip(member) || at + TIMESTAMP_FORM.length() >= bytes.length) {
        return false;
      }
      for (int i = 0; i < TIMESTAMP_FORM.length(); i++) {
        byte b = bytes[at++];
        char form = TIMESTAMP_FORM.charAt(i);
        if (form == '0' ? b < '0' || b > '9' : b != form) {
          return false;
        }
      }
      return bytes[at++] == '"';
    }

    /** Checks that the payload has at least one byte, and that a closing brace follows it. */
    private boolean payload() {
      return skip(",\"payload\":") && at + 1 < bytes.length && bytes[bytes.length - 1] == '}';
    }

    private boolean skip(String literal) {
      int length = literal.length();
      if (at + length > bytes.length) {
        return false;
      }
      for (int i = 0; i < length; i++) {
        if (bytes[at + i] != literal.charAt(i)) {
          return false;
        }
      }
      at += length;
      return true;
    }

    /** Reads the text up to the next quote; null and no move if another member comes next. */
    private @Nullable String value(String member) {
      int start = at;
      if (!skip(member)) {
        return null;
      }
      int from = at;
      while (at < bytes.length && bytes[at] != '"') {
        at++;
      }
      if (at == bytes.length) {
        at = start;
        return null;
      }
      String text = new String(bytes, from, at - from, StandardCharsets.ISO_8859_1);
      at++;
      return text;
    }
  }
}
