package dev.switchboard.event;

/** Selects event types: one type, all below a word ({@code call.*}, at any depth), or all. */
public record EventPattern(String value) {
  /** Matches every type. */
  public static final EventPattern ALL = new EventPattern("*");

  /**
   * Checks the form.
   *
   * @throws InvalidNameException if the text is not a pattern
   */
  public EventPattern {
    boolean wellFormed =
        value.equals("*")
            || EventType.isWellFormed(
                value.endsWith(".*") ? value.substring(0, value.length() - 2) : value);
    if (!wellFormed) {
      throw new InvalidNameException(
          "an event pattern is a type (call.incoming), a type followed by .* (call.*), or *");
    }
  }

  /** Whether an event of that type is selected. */
  public boolean matches(EventType type) {
    if (value.equals("*")) {
      return true;
    }
    if (!value.endsWith(".*")) {
      return value.equals(type.value());
    }
    int stem = value.length() - 1;
    return type.value().length() > stem && type.value().startsWith(value.substring(0, stem));
  }

  @Override
  public String toString() {
    return value;
  }
}
