package dev.switchboard.config;

/** A text that must not be seen: it never prints itself. */
public record Secret(String reveal) {
  /** No secret at all. */
  public static final Secret NONE = new Secret("");

  /** Whether one was given. */
  public boolean isSet() {
    return !reveal.isEmpty();
  }

  @Override
  public String toString() {
    return isSet() ? "***" : "";
  }
}
