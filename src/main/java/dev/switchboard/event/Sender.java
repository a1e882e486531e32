package dev.switchboard.event;

import org.jspecify.annotations.Nullable;

/**
 * Who published an event: a person over a socket, or over HTTP with the person's own token. Set by
 * the server, so that no client can publish in the name of another. Events of services have none.
 *
 * @param id the user's id, or the id of the visitor's chat
 */
public record Sender(Kind kind, String id) {
  private static final NameRule RULE = NameRule.of("a sender's id", 128, "._~@+|:=-");

  /** What the sender is to the tenant. */
  public enum Kind {
    /** A user who signed in. */
    USER("user"),
    /** The anonymous visitor of a web chat. */
    VISITOR("visitor");

    private final String wireName;

    Kind(String wireName) {
      this.wireName = wireName;
    }
  }

  /**
   * Checks the id, which envelopes contain without JSON escapes.
   *
   * @throws InvalidNameException if the text is neither a user id nor a chat session id
   */
  public Sender {
    id = RULE.require(id);
  }

  public static Sender of(UserId user) {
    return new Sender(Kind.USER, user.value());
  }

  /** The visitor of that chat. */
  public static Sender of(ChatSessionId chatSession) {
    return new Sender(Kind.VISITOR, chatSession.value());
  }

  /** The sender of that kind and id on the wire; null if either is invalid. */
  public static @Nullable Sender parse(@Nullable String kind, @Nullable String id) {
    for (Kind known : Kind.values()) {
      if (id != null && known.wireName.equals(kind) && RULE.matches(id)) {
        return new Sender(known, id);
      }
    }
    return null;
  }

  /** The sender as an object in an envelope. */
  public String json() {
    return "{\"kind\":\"" + kind.wireName + "\",\"id\":\"" + id + "\"}";
  }
}
