package dev.switchboard.auth;

import java.util.Optional;

/** A part of the API that a caller may be allowed to use. */
public enum Scope {
  EVENTS_WRITE("events:write"),
  EVENTS_READ("events:read"),
  KEPT_READ("kept:read"),
  PRESENCE_READ("presence:read"),
  PRESENCE_WRITE("presence:write"),
  INBOX("inbox"),
  WEBHOOKS("webhooks"),
  STATS("stats"),
  ADMIN("admin");

  private final String wireName;

  Scope(String wireName) {
    this.wireName = wireName;
  }

  /** The name of the scope in keys and on the command line. */
  public String wireName() {
    return wireName;
  }

  public static Optional<Scope> of(String wireName) {
    for (Scope scope : values()) {
      if (scope.wireName.equals(wireName)) {
        return Optional.of(scope);
      }
    }
    return Optional.empty();
  }

  @Override
  public String toString() {
    return wireName;
  }
}
