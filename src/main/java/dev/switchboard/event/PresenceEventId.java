package dev.switchboard.event;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * Ids of the events that tell who came and went: {@code presence:}, the user, and the generation of
 * the change. The same on whichever node tells it, so that it is published once; and whoever
 * follows a user knows its events by the beginning, without reading payloads.
 */
public final class PresenceEventId {
  private static final String START = "presence:";
  private static final int MAX_USER = 100;

  private PresenceEventId() {}

  /** Of one change. */
  public static EventId of(UserId user, long generation) {
    return new EventId(beginningFor(user) + generation);
  }

  /** What the ids of all changes of a user begin with. */
  public static String beginningFor(UserId user) {
    return START + userPart(user.value()) + ":";
  }

  /** That beginning of an id; null if it tells no presence. */
  public static @Nullable String beginningOf(EventId id) {
    String text = id.value();
    return text.startsWith(START) ? text.substring(0, text.lastIndexOf(':') + 1) : null;
  }

  /**
   * User ids have a wider alphabet and may be longer than an event id: other characters are written
   * {@code ~hex}, and a long one is cut and made unique by its hash.
   */
  private static String userPart(String user) {
    StringBuilder part = new StringBuilder(user.length());
    for (int i = 0; i < user.length(); i++) {
      char c = user.charAt(i);
      if (c == '~' || c == '@' || c == '+') {
        part.append('~').append(Integer.toHexString(c));
      } else {
        part.append(c);
      }
    }
    return part.length() <= MAX_USER ? part.toString() : part.substring(0, 60) + hash(user);
  }

  private static String hash(String user) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      byte[] hash = digest.digest(user.getBytes(StandardCharsets.US_ASCII));
      return "~." + HexFormat.of().formatHex(hash, 0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
