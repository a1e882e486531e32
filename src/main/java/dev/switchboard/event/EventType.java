package dev.switchboard.event;

import java.util.Set;

/**
 * Kind of an event, as lower-case words joined by dots: {@code call.incoming}, {@code
 * agent.state.changed}.
 */
public record EventType(String value) {
  /** Longest type, in characters. */
  public static final int MAX_LENGTH = 100;

  /** Someone is typing in a web chat; live only, so in no log and sent to no webhook. */
  public static final EventType CHAT_TYPING = new EventType("chat.typing");

  /** A message of a web chat. */
  public static final EventType CHAT_MESSAGE = new EventType("chat.message");

  /** The server ended a state on a request to the API. */
  public static final EventType KEPT_FORGOTTEN = new EventType("kept.forgotten");

  private static final Set<String> STORED_BY_DEFAULT =
      Set.of("notification", "alert", "chat.message");

  /** Message types of the socket protocol, which an event may not have as its type. */
  public static final Set<String> PROTOCOL_TYPES =
      Set.of(
          "ack",
          "auth",
          "connected",
          "degraded",
          "error",
          "kept.begin",
          "kept.end",
          "kept.hidden",
          "kept.page",
          "ping",
          "pong",
          "position",
          "published",
          "restored",
          "resync",
          "subscribe",
          "subscribed",
          "tail",
          "tailing",
          "token.expiring",
          "authenticated",
          "unsubscribe",
          "unsubscribed",
          "untail",
          "untailed",
          "webhook.attempt",
          "webhook.attempts_missed");

  /**
   * Checks the form.
   *
   * @throws InvalidNameException if the text is not an event type
   */
  public EventType {
    if (!isWellFormed(value)) {
      throw new InvalidNameException(
          "an event type is lower-case words of letters, digits, _ or -, joined by dots, at most "
              + MAX_LENGTH
              + " characters, such as call.incoming");
    }
  }

  static boolean isWellFormed(String text) {
    int length = text.length();
    if (length == 0 || length > MAX_LENGTH) {
      return false;
    }
    boolean wordOpen = false;
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      if (c == '.') {
        if (!wordOpen) {
          return false;
        }
        wordOpen = false;
      } else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-') {
        wordOpen = true;
      } else {
        return false;
      }
    }
    return wordOpen;
  }

  /** Whether only the server may make events of this type. */
  public boolean isReserved() {
    return PROTOCOL_TYPES.contains(value)
        || value.startsWith("presence.")
        || value.startsWith("webhook.")
        || value.startsWith("kept.");
  }

  /** Whether events of this type go only to connected clients and into no log. */
  public boolean isLiveOnly() {
    return equals(CHAT_TYPING);
  }

  /**
   * Whether it is stored in the inbox of its offline user unless the producer decides otherwise.
   */
  public boolean isStoredByDefault() {
    return STORED_BY_DEFAULT.contains(value);
  }

  /** The family of standard channels on which events of this type are published. */
  public Family family() {
    if (value.startsWith("agent.")) {
      return Family.AGENTS;
    }
    if (value.startsWith("call.")) {
      return Family.CALLS;
    }
    if (value.startsWith("queue.")) {
      return Family.QUEUES;
    }
    return Family.EVENTS;
  }

  /** Families of standard channels: three for each tenant, and one that all tenants share. */
  public enum Family {
    AGENTS,
    CALLS,
    QUEUES,
    EVENTS
  }

  @Override
  public String toString() {
    return value;
  }
}
