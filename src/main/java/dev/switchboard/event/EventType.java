package dev.switchboard.event;

import java.util.Set;

/**
 * What happened, as dotted lower-case words: {@code call.incoming}, {@code agent.state.changed}.
 */
public record EventType(String value) {
  /** Longest type, in characters. */
  public static final int MAX_LENGTH = 100;

  /** Live only: no log, no id, no webhook. */
  public static final EventType CHAT_TYPING = new EventType("chat.typing");

  /** A line of a web chat. */
  public static final EventType CHAT_MESSAGE = new EventType("chat.message");

  private static final Set<String> STORED_BY_DEFAULT =
      Set.of("notification", "alert", "chat.message");

  /** Words of the socket protocol; an event of such a type could not be told from an answer. */
  public static final Set<String> PROTOCOL_WORDS =
      Set.of(
          "ack",
          "auth",
          "connected",
          "degraded",
          "error",
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
   * @throws InvalidNameException if the text is no event type
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

  /** Reserved types are made by the server alone and refused from producers. */
  public boolean isReserved() {
    return PROTOCOL_WORDS.contains(value)
        || value.startsWith("presence.")
        || value.startsWith("webhook.");
  }

  /** Delivered to whoever is there at the moment, without a place in any log. */
  public boolean isLiveOnly() {
    return equals(CHAT_TYPING);
  }

  /** Kept for its user while away, unless the producer says otherwise. */
  public boolean isStoredByDefault() {
    return STORED_BY_DEFAULT.contains(value);
  }

  /** The standard channel family this type is routed to. */
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

  /** Standard channel families: three per tenant, and one that all tenants share. */
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
