package dev.switchboard.config;

/** A string that must not be shown; {@link #toString} hides it. */
public record Secret(String reveal) {
  public static final Secret NONE = new Secret("");

  public boolean isSet() {
    return !reveal.isEmpty();
  }

  @Override
  public String toString() {
    return isSet() ? "***" : "";
  }
}
