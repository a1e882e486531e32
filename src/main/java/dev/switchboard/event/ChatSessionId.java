package dev.switchboard.event;

/** Id of a web chat: an unguessable value that the tenant's backend chooses. */
public record ChatSessionId(String value) {
  private static final NameRule RULE = NameRule.of("a session id", 128, "._:~-");

  /**
   * Checks the rule of the name.
   *
   * @throws InvalidNameException if the text is not a chat session id
   */
  public ChatSessionId {
    value = RULE.require(value);
  }

  @Override
  public String toString() {
    return value;
  }
}
