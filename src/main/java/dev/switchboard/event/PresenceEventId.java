package dev.switchboard.event;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * Ids of presence events: {@code presence:}, the user, and the generation of the change. Every node
 * makes the same id for a change, so that it is published once. Sessions that watch a user
 * recognise its events by the prefix of the id, without reading payloads.
 */
public final class PresenceEventId {
  private static final String START = "presence:";
  private static final int MAX_USER = 100;
  private static final String ENCODED = "~@+|:=";

  private PresenceEventId() {}

  /** The id of the event for one change. */
  public static EventId of(UserId user, long generation) {
    return new EventId(prefixFor(user) + generation);
  }

  /** The common prefix of the ids of all changes of a user. */
  public static String prefixFor(UserId user) {
    return START + userPart(user.value()) + ":";
  }

  /** That prefix of an id; null if it is not of a presence event. */
  public static @Nullable String prefixOf(EventId id) {
    String text = id.value();
    return text.startsWith(START) ? text.substring(0, text.lastIndexOf(':') + 1) : null;
  }

  /**
   * Encodes a user id, whose alphabet is larger than that of event ids: other characters become
   * {@code ~hex}, and a long id is cut and made unique by its hash.
   */
  private static String userPart(String user) {
    StringBuilder part = new StringBuilder(user.length());
    for (int i = 0; i < user.length(); i++) {
      char c = user.charAt(i);
      if (ENCODED.indexOf(c) >= 0) {
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
