package dev.switchboard.event;

import static java.util.Objects.requireNonNull;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The members of an envelope that a router needs, read without parsing the payload.
 *
 * @param position null if the event is not in a log
 * @param id null only in an envelope that another program published without an id
 * @param keep the state that it sets or ends; null for most events
 * @param user set if only that user may receive the event
 * @param inbox the position in the user's inbox; null if the event is not known to be there
 * @param payloadStart index of the payload's first byte
 */
public record EnvelopeHead(
    @Nullable LogPosition position,
    @Nullable EventId id,
    EventType type,
    TenantId tenant,
    @Nullable Keep keep,
    @Nullable UserId user,
    @Nullable Topic topic,
    @Nullable ChatSessionId chatSession,
    @Nullable InboxPosition inbox,
    int payloadStart) {

  /** The head of an event that is not kept. */
  public EnvelopeHead(
      @Nullable LogPosition position,
      @Nullable EventId id,
      EventType type,
      TenantId tenant,
      @Nullable UserId user,
      @Nullable Topic topic,
      @Nullable ChatSessionId chatSession,
      @Nullable InboxPosition inbox,
      int payloadStart) {
    this(position, id, type, tenant, null, user, topic, chatSession, inbox, payloadStart);
  }

  /** The log this event is routed by. */
  public LogId log() {
    return new LogId(tenant, topic);
  }

  /** Returns this head without its positions; the payload begins at {@code newPayloadStart}. */
  public EnvelopeHead withoutPosition(int newPayloadStart) {
    return new EnvelopeHead(
        null, id, type, tenant, keep, user, topic, chatSession, null, newPayloadStart);
  }

  /**
   * Reads the head of an envelope in the form that {@link Envelope} makes: its members in their
   * order. Members that this version does not know are passed over, wherever they stand.
   *
   * @return null if the form differs: another program published the envelope, and it must be parsed
   *     as JSON
   */
  public static @Nullable EnvelopeHead scan(byte[] envelope) {
    try {
      return new Scanner(envelope).head();
    } catch (InvalidNameException | DateTimeException malformed) {
      return null;
    }
  }

  /** The members that are read, in their order. */
  private enum Member {
    ID(0, "id"),
    EVENT_ID(1, "event_id"),
    TYPE(2, "type"),
    TENANT(3, "tenant_id"),
    TIMESTAMP(4, "timestamp"),
    KEEP(5, "keep"),
    KEEP_UNTIL(6, "keep_until"),
    FORGET(7, "forget"),
    USER(8, "user_id"),
    TOPIC(9, "topic"),
    CHAT_SESSION(10, "session_id"),
    INBOX(11, "inbox"),
    PAYLOAD(12, "payload");

    private static final Member[] ALL = values();

    private final int index;
    private final String wireName;

    Member(int index, String wireName) {
      this.index = index;
      this.wireName = wireName;
    }
  }

  /** Collects the values of the members, up to the payload. */
  private static final class Scanner {
    private static final String TIMESTAMP_FORM = "0000-00-00T00:00:00.000Z";

    private final byte[] bytes;
    private final HeadMembers members;
    private final @Nullable String[] values = new @Nullable String[Member.ALL.length];

    Scanner(byte[] bytes) {
      this.bytes = bytes;
      this.members = new HeadMembers(bytes);
    }

    @Nullable EnvelopeHead head() {
      if (bytes.length == 0 || bytes[0] != '{') {
        return null;
      }
      Member last = null;
      while (last != Member.PAYLOAD) {
        if (!members.next()) {
          return null;
        }
        Member member = present();
        if (member == null) {
          if (last == null || !members.skipValue()) {
            return null;
          }
        } else if (isNext(member, last) && read(member)) {
          last = member;
        } else {
          return null;
        }
      }
      return build();
    }

    private @Nullable Member present() {
      for (Member member : Member.ALL) {
        if (members.isNamed(member.wireName)) {
          return member;
        }
      }
      return null;
    }

    /** The first five must be there; of the others some may be missing. */
    private static boolean isNext(Member member, @Nullable Member last) {
      if (last == null) {
        return member == Member.ID;
      }
      return last.compareTo(Member.TIMESTAMP) < 0
          ? member.index == last.index + 1
          : member.compareTo(last) > 0;
    }

    private boolean read(Member member) {
      switch (member) {
        case PAYLOAD -> {
          // At least one byte, and a closing brace behind it.
          return members.valueStart() + 1 < bytes.length && bytes[bytes.length - 1] == '}';
        }
        case ID -> {
          return members.literal("null") || readText(member);
        }
        case FORGET -> {
          return members.literal("true");
        }
        default -> {
          return readText(member);
        }
      }
    }

    private boolean readText(Member member) {
      String text = members.text();
      values[member.index] = text;
      boolean isTime = member == Member.TIMESTAMP || member == Member.KEEP_UNTIL;
      return text != null && (!isTime || isTimestamp(text));
    }

    /** The timestamp's text must be as free of JSON escapes as the other members. */
    private static boolean isTimestamp(String text) {
      if (text.length() != TIMESTAMP_FORM.length()) {
        return false;
      }
      for (int i = 0; i < text.length(); i++) {
        char c = text.charAt(i);
        char form = TIMESTAMP_FORM.charAt(i);
        if (form == '0' ? c < '0' || c > '9' : c != form) {
          return false;
        }
      }
      return true;
    }

    private @Nullable EnvelopeHead build() {
      String id = value(Member.ID);
      LogPosition position = id == null ? null : LogPosition.parse(id);
      if (id != null && position == null) {
        return null;
      }
      return new EnvelopeHead(
          position,
          new EventId(requireNonNull(value(Member.EVENT_ID))),
          new EventType(requireNonNull(value(Member.TYPE))),
          new TenantId(requireNonNull(value(Member.TENANT))),
          made(Member.KEEP, this::keep),
          made(Member.USER, UserId::new),
          made(Member.TOPIC, Topic::new),
          made(Member.CHAT_SESSION, ChatSessionId::new),
          made(Member.INBOX, InboxPosition::parse),
          members.valueStart());
    }

    private Keep keep(String text) {
      KeptKey key = KeptKey.parse(text);
      String end = value(Member.KEEP_UNTIL);
      return end == null ? new Keep.Forget(key) : new Keep.Until(key, Instant.parse(end));
    }

    private @Nullable String value(Member member) {
      return values[member.index];
    }

    private <T> @Nullable T made(Member member, Function<String, ? extends @Nullable T> make) {
      String text = value(member);
      return text == null ? null : make.apply(text);
    }
  }

  /**
   * Where an event is in its user's inbox. Numbers rise in the order of acceptance.
   *
   * @param number the message's own number
   * @param previous number of the message that was last before it; 0 if there was none
   */
  public record InboxPosition(long number, long previous) {

    /**
     * The position of a message whose predecessor is not known: a session that has not read up to
     * it must read the inbox first.
     */
    public static InboxPosition afterUnknown(long number) {
      return new InboxPosition(number, number - 1);
    }

    /** Parses the form of {@link #toString}; null if it has another form. */
    static @Nullable InboxPosition parse(String text) {
      int separator = text.indexOf('-');
      try {
        return separator < 0
            ? null
            : new InboxPosition(
                Long.parseLong(text, 0, separator, 10),
                Long.parseLong(text, separator + 1, text.length(), 10));
      } catch (NumberFormatException malformed) {
        return null;
      }
    }

    /** Formats as the envelope's member {@code inbox}. */
    @Override
    public String toString() {
      return number + "-" + previous;
    }
  }
}
