package dev.switchboard.presence;

import dev.switchboard.event.EventId;
import dev.switchboard.event.UserId;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * A user came online or went offline.
 *
 * @param generation numbers the user's changes: later ones are greater
 * @param reason why the user went offline; {@code -} when coming
 */
public record PresenceChange(UserId user, long generation, boolean online, String reason) {
  private static final int LONGEST_USER = 100;

  /** Reads the changes of a user that wait, oldest first. */
  static List<PresenceChange> parse(UserId user, String waiting) {
    List<PresenceChange> changes = new ArrayList<>();
    if (!waiting.isEmpty()) {
      for (String text : waiting.split(";")) {
        String[] parts = text.split(" ");
        changes.add(
            new PresenceChange(
                user, Long.parseLong(parts[0]), parts[1].equals("online"), parts[2]));
      }
    }
    return changes;
  }

  /** {@code presence.online} or {@code presence.offline}. */
  public String type() {
    return online ? "presence.online" : "presence.offline";
  }

  /** The same on whichever node tells it, so that it is published once. */
  public EventId eventId() {
    return new EventId("presence:" + userPart(user.value()) + ":" + generation);
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
    return part.length() <= LONGEST_USER ? part.toString() : part.substring(0, 60) + hash(user);
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
