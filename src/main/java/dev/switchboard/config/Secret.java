package dev.switchboard.config;

/** A string that must not be shown; {@link #toString} hides it. */
public record Secret(String reveal) {
  /** The absence of a secret. */
  public static final Secret NONE = new Secret("");

  /** Returns whether a secret is set. */
  public boolean isSet() {
    return !reveal.isEmpty();
  }

  @Override
  public String toString() {
    return isSet() ? "***" : "";
  }
}
