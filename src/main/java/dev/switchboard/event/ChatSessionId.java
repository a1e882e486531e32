package dev.switchboard.event;

/** One web chat, named by an unguessable value of the backend's choice. */
public record ChatSessionId(String value) {
  private static final NameRule RULE = NameRule.of("a session id", 128, "._:~-");

  /**
   * Checks the rule of the name.
   *
   * @throws InvalidNameException if the text is no chat session id
   */
  public ChatSessionId {
    value = RULE.require(value);
  }

  @Override
  public String toString() {
    return value;
  }
}
