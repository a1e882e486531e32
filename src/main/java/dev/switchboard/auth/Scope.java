package dev.switchboard.auth;

import java.util.Optional;

/** A part of the API that a caller may be allowed to use. */
public enum Scope {
  EVENTS_WRITE("events:write"),
  PRESENCE_READ("presence:read"),
  PRESENCE_WRITE("presence:write"),
  INBOX("inbox"),
  WEBHOOKS("webhooks"),
  STATS("stats"),
  ADMIN("admin");

  private final String word;

  Scope(String word) {
    this.word = word;
  }

  /** The name of the scope in keys and on the command line. */
  public String word() {
    return word;
  }

  /** Returns the scope with that name. */
  public static Optional<Scope> of(String word) {
    for (Scope scope : values()) {
      if (scope.word.equals(word)) {
        return Optional.of(scope);
      }
    }
    return Optional.empty();
  }

  @Override
  public String toString() {
    return word;
  }
}
