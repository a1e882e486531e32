package dev.switchboard.bridge;

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
import dev.switchboard.event.TenantId;
import dev.switchboard.event.Topic;
import dev.switchboard.event.UserId;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An envelope that another program published on a channel of ours: JSON with {@code type}, {@code
 * tenant_id} and {@code payload}, its members in any order. Brought into our own form, without a
 * place in the log.
 *
 * @param claimedPlace the place it named, which only the log can confirm
 */
public record ForeignEnvelope(
    EnvelopeHead head, byte[] envelope, @Nullable LogPosition claimedPlace) {
  private static final String TIMESTAMP = ",\"timestamp\":\"";
  private static final JsonFactory JSON =
      JsonFactory.builder()
          // UTF-8 and nothing else: places in the bytes are counted in it.
          .disable(JsonFactory.Feature.CHARSET_DETECTION)
          .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(256).build())
          .build();

  /**
   * Reads one.
   *
   * @return null if it is not valid UTF-8, no JSON, or lacks or misspells a member
   */
  public static @Nullable ForeignEnvelope parse(byte[] message) {
    return parse(message, null);
  }

  /** The same from a topic's channel, which says what the envelope may leave out. */
  static @Nullable ForeignEnvelope parse(byte[] message, @Nullable Topic channel) {
    try {
      CharBuffer unused = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(message));
      return read(message, channel);
    } catch (IOException | InvalidNameException | DateTimeParseException e) {
      return null;
    }
  }

  /** As an event for one user, with that id and time if it has none of its own. */
  public Event asEventFor(UserId user, EventId otherwise, Instant now) {
    EventId id = head.id();
    byte[] payload = Arrays.copyOfRange(envelope, head.payloadStart(), envelope.length - 1);
    return new Event(
        id == null ? otherwise : id,
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

  private static @Nullable ForeignEnvelope read(byte[] message, @Nullable Topic channel)
      throws IOException {
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
        } else if (value == JsonToken.VALUE_STRING || value == JsonToken.VALUE_NUMBER_INT) {
          texts.put(name, parser.getText());
        } else {
          parser.skipChildren();
        }
      }
      if (parser.currentToken() != JsonToken.END_OBJECT || parser.nextToken() != null) {
        return null;
      }
    }
    if (channel != null) {
      texts.putIfAbsent("topic", channel.value());
    }
    return payload == null ? null : build(texts, payload);
  }

  /** The value as it was sent, numbers and escapes too, but without white space. */
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

  private static @Nullable ForeignEnvelope build(Map<String, String> texts, byte[] payload) {
    String type = texts.get("type");
    String tenant = texts.get("tenant_id");
    if (type == null || tenant == null) {
      return null;
    }
    String id = texts.get("event_id");
    String user = texts.get("user_id");
    String topic = texts.get("topic");
    String chatSession = texts.get("session_id");
    String timestamp = texts.get("timestamp");
    EnvelopeHead head =
        new EnvelopeHead(
            null,
            id == null ? null : new EventId(id),
            new EventType(type),
            new TenantId(tenant),
            user == null ? null : new UserId(user),
            topic == null ? null : new Topic(topic),
            chatSession == null ? null : new ChatSessionId(chatSession),
            0);
    StringBuilder text = new StringBuilder("{\"id\":null");
    append(text, "event_id", id);
    append(text, "type", type);
    append(text, "tenant_id", tenant);
    append(
        text,
        "timestamp",
        timestamp == null ? null : Envelope.formatTimestamp(Instant.parse(timestamp)));
    append(text, "user_id", user);
    append(text, "topic", topic);
    append(text, "session_id", chatSession);
    text.append(",\"payload\":");
    byte[] start = text.toString().getBytes(StandardCharsets.UTF_8);
    byte[] envelope = new byte[start.length + payload.length + 1];
    System.arraycopy(start, 0, envelope, 0, start.length);
    System.arraycopy(payload, 0, envelope, start.length, payload.length);
    envelope[envelope.length - 1] = '}';
    String place = texts.get("id");
    return new ForeignEnvelope(
        head.withoutPosition(start.length),
        envelope,
        place == null ? null : LogPosition.parse(place));
  }

  /** All these texts passed an alphabet that needs no escapes. */
  private static void append(StringBuilder text, String member, @Nullable String value) {
    if (value != null) {
      text.append(",\"").append(member).append("\":\"").append(value).append('"');
    }
  }
}
