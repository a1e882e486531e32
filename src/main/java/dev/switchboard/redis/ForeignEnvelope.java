package dev.switchboard.redis;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import dev.switchboard.event.ChatSessionId;
import dev.switchboard.event.Envelope;
import dev.switchboard.event.EnvelopeHead;
import dev.switchboard.event.Event;
import dev.switchboard.event.EventId;
import dev.switchboard.event.EventType;
import dev.switchboard.event.InvalidNameException;
import dev.switchboard.event.LogPosition;
import dev.switchboard.event.Payload;
import dev.switchboard.event.Sender;
import dev.switchboard.event.TenantId;
import dev.switchboard.event.Topic;
import dev.switchboard.event.UserId;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * An envelope that another program published or pushed: JSON with {@code type}, {@code tenant_id}
 * and {@code payload} in any order, other members optional. Rewritten into the form that {@link
 * Envelope} makes, without a position in the log and without members that only the server sets.
 * Live-only events keep their sender: they have no position, so the server's own are read here.
 *
 * @param claimedPosition the position it named, which only the log can confirm
 */
public record ForeignEnvelope(
    EnvelopeHead head, byte[] envelope, @Nullable LogPosition claimedPosition) {
  private static final String TIMESTAMP = ",\"timestamp\":\"";
  private static final Instant FIRST = Instant.parse("0001-01-01T00:00:00Z");
  private static final Instant END = Instant.parse("+10000-01-01T00:00:00Z");
  private static final JsonFactory JSON =
      JsonFactory.builder()
          // UTF-8 and nothing else: positions in the bytes are counted in it.
          .disable(JsonFactory.Feature.CHARSET_DETECTION)
          .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(256).build())
          .build();

  /**
   * Parses a message.
   *
   * @return null if it is not UTF-8 or not JSON, lacks a required member, or has an invalid one
   */
  public static @Nullable ForeignEnvelope parse(byte[] message) {
    return parse(message, null);
  }

  /**
   * Parses a message from a channel.
   *
   * @param channel the topic if the message came on a topic's channel; it may then leave out {@code
   *     topic}
   * @return null as for {@link #parse(byte[])}
   */
  public static @Nullable ForeignEnvelope parse(byte[] message, @Nullable Topic channel) {
    try {
      CharBuffer unused = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(message));
      Members members = readMembers(message);
      if (members != null && channel != null) {
        members.texts().putIfAbsent("topic", channel.value());
      }
      return members == null ? null : build(members);
    } catch (IOException | InvalidNameException | DateTimeException e) {
      return null;
    }
  }

  /**
   * Makes an event for one user.
   *
   * @param defaultId id of the event if the envelope has none
   * @param now time of the event if the envelope has none
   */
  public Event asEventFor(UserId user, EventId defaultId, Instant now) {
    EventId id = head.id();
    byte[] payload = Arrays.copyOfRange(envelope, head.payloadStart(), envelope.length - 1);
    return new Event(
        id == null ? defaultId : id,
        head.type(),
        head.tenant(),
        timestampOr(now),
        user,
        null,
        head.chatSession(),
        Payload.ofNormalised(payload));
  }

  private Instant timestampOr(Instant now) {
    String text = new String(envelope, 0, head.payloadStart(), StandardCharsets.US_ASCII);
    int member = text.indexOf(TIMESTAMP);
    int from = member + TIMESTAMP.length();
    return member < 0 ? now : Instant.parse(text.substring(from, text.indexOf('"', from)));
  }

  /**
   * The members of a message.
   *
   * @param texts strings and integers by name
   * @param payload compact JSON
   */
  private record Members(Map<String, String> texts, byte[] payload) {
    @Nullable String text(String name) {
      return texts.get(name);
    }

    <T> @Nullable T member(String name, Function<String, T> make) {
      String text = texts.get(name);
      return text == null ? null : make.apply(text);
    }
  }

  private static @Nullable Members readMembers(byte[] message) throws IOException {
    Map<String, String> texts = new HashMap<>();
    byte[] payload = null;
    try (JsonParser parser = JSON.createParser(message)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return null;
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        JsonToken value = parser.nextToken();
        if (name.equals("payload")) {
          payload = compact(message, parser);
        } else if (name.equals("sender") && value == JsonToken.START_OBJECT) {
          readSender(parser, texts);
        } else if (value == JsonToken.VALUE_STRING || value == JsonToken.VALUE_NUMBER_INT) {
          texts.put(name, parser.getText());
        } else {
          parser.skipChildren();
        }
      }
      boolean whole = parser.currentToken() == JsonToken.END_OBJECT && parser.nextToken() == null;
      return whole && payload != null ? new Members(texts, payload) : null;
    }
  }

  /** Names with a dot can't be those of other members that are used. */
  private static void readSender(JsonParser parser, Map<String, String> texts) throws IOException {
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      if (parser.nextToken() == JsonToken.VALUE_STRING) {
        texts.put("sender." + name, parser.getText());
      } else {
        parser.skipChildren();
      }
    }
  }

  private static @Nullable Sender sender(Members members) {
    EventType type = members.member("type", EventType::new);
    return type != null && type.isLiveOnly()
        ? Sender.parse(members.text("sender.kind"), members.text("sender.id"))
        : null;
  }

  /** Copies the value as it was sent, including numbers and escapes, but without white space. */
  private static byte[] compact(byte[] message, JsonParser parser) throws IOException {
    int start = (int) parser.currentTokenLocation().getByteOffset();
    parser.skipChildren();
    parser.finishToken();
    int end = (int) parser.currentLocation().getByteOffset();
    ByteArrayOutputStream out = new ByteArrayOutputStream(end - start);
    boolean inText = false;
    for (int i = start; i < end; i++) {
      byte b = message[i];
      if (inText || (b != ' ' && b != '\n' && b != '\r' && b != '\t')) {
        out.write(b);
      }
      if (inText && b == '\\') {
        out.write(message[++i]);
      } else if (b == '"') {
        inText = !inText;
      }
    }
    return out.toByteArray();
  }

  private static @Nullable ForeignEnvelope build(Members members) {
    EnvelopeHead head = head(members);
    if (head == null) {
      return null;
    }
    byte[] start = start(members).getBytes(StandardCharsets.UTF_8);
    byte[] payload = members.payload();
    byte[] envelope = Arrays.copyOf(start, start.length + payload.length + 1);
    System.arraycopy(payload, 0, envelope, start.length, payload.length);
    envelope[envelope.length - 1] = '}';
    return new ForeignEnvelope(
        head.withoutPosition(start.length), envelope, members.member("id", LogPosition::parse));
  }

  private static @Nullable EnvelopeHead head(Members members) {
    EventType type = members.member("type", EventType::new);
    TenantId tenant = members.member("tenant_id", TenantId::new);
    return type == null || tenant == null
        ? null
        : new EnvelopeHead(
            null,
            members.member("event_id", EventId::new),
            type,
            tenant,
            members.member("user_id", UserId::new),
            members.member("topic", Topic::new),
            members.member("session_id", ChatSessionId::new),
            null,
            0);
  }

  private static String start(Members members) {
    StringBuilder text = new StringBuilder("{\"id\":null");
    append(text, "event_id", members.text("event_id"));
    append(text, "type", members.text("type"));
    append(text, "tenant_id", members.text("tenant_id"));
    append(text, "timestamp", members.member("timestamp", ForeignEnvelope::timestamp));
    Sender sender = sender(members);
    if (sender != null) {
      text.append(",\"sender\":").append(sender.json());
    }
    append(text, "user_id", members.text("user_id"));
    append(text, "topic", members.text("topic"));
    append(text, "session_id", members.text("session_id"));
    return text.append(",\"payload\":").toString();
  }

  /** Only years of four digits have the form in which a head is scanned. */
  private static String timestamp(String sent) {
    Instant time = Instant.parse(sent);
    if (time.isBefore(FIRST) || !time.isBefore(END)) {
      throw new InvalidNameException("the timestamp must lie in the years 1 to 9999");
    }
    return Envelope.formatTimestamp(time);
  }

  /** All these texts passed an alphabet that needs no escapes. */
  private static void append(StringBuilder text, String member, @Nullable String value) {
    if (value != null) {
      text.append(",\"").append(member).append("\":\"").append(value).append('"');
    }
  }
}
