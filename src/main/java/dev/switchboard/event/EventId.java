package dev.switchboard.event;

/**
 * Id of an event, the same in retries, replays, the inbox and webhooks; chosen by the producer or
 * made by the server.
 */
public record EventId(String value) {
  /** Maximum number of characters. */
  public static final int MAX_LENGTH = 128;

  private static final NameRule RULE = NameRule.of("an event id", MAX_LENGTH, "._:~-");

  /**
   * Checks the rule of the name.
   *
   * @throws InvalidNameException if the text is not an event id
   */
  public EventId {
    value = RULE.require(value);
  }

  @Override
  public String toString() {
    return value;
  }
}
