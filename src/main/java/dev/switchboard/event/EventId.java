package dev.switchboard.event;

/**
 * Identity of an event over retries, replays, inbox and webhooks; chosen by the producer or minted
 * here.
 */
public record EventId(String value) {
  private static final NameRule RULE = NameRule.of("an event id", 128, "._:~-");

  /**
   * Checks the rule of the name.
   *
   * @throws InvalidNameException if the text is no event id
   */
  public EventId {
    value = RULE.require(value);
  }

  @Override
  public String toString() {
    return value;
  }
}
