package dev.switchboard.bench.wire;

import static java.nio.charset.StandardCharsets.US_ASCII;

/**
 * Finds a message's number and due time by their position, without parsing the JSON around them.
 *
 * <p>The position is the same in nearly all messages of a run, so the last one is tried first.
 */
public final class MessageProbe {
  private static final byte[] DUE = ",\"t\":".getBytes(US_ASCII);

  private final byte[] marker;
  private int lastOffset;
  private long number;
  private long due;

  private MessageProbe(String member) {
    this.marker = ("\"" + member + "\":{\"n\":").getBytes(US_ASCII);
  }

  /** For the events on a socket. */
  public static MessageProbe ofEvents() {
    return new MessageProbe("payload");
  }

  /** For the bodies of webhook calls. */
  public static MessageProbe ofWebhookCalls() {
    return new MessageProbe("data");
  }

  /** Reads the message in {@code [from, to)}; false when it is none of ours. */
  public boolean read(byte[] bytes, int from, int to) {
    int at = from + lastOffset;
    if (!Bytes.startsWith(bytes, at, to, marker)) {
      at = Bytes.indexOf(bytes, from, to, marker);
      if (at < 0) {
        return false;
      }
      lastOffset = at - from;
    }
    int numberFrom = at + marker.length;
    int numberTo = Bytes.endOfDigits(bytes, numberFrom, to);
    if (!Bytes.startsWith(bytes, numberTo, to, DUE)) {
      return false;
    }
    int dueFrom = numberTo + DUE.length;
    number = Bytes.number(bytes, numberFrom, numberTo);
    due = Bytes.number(bytes, dueFrom, Bytes.endOfDigits(bytes, dueFrom, to));
    return true;
  }

  public long number() {
    return number;
  }

  /** When the message was due to be published, on the {@link RunClock}. */
  public long due() {
    return due;
  }
}
