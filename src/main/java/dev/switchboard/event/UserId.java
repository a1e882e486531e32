package dev.switchboard.event;

/** A signed-in person of a tenant; the same text in another tenant is another person. */
public record UserId(String value) {
  private static final NameRule RULE = NameRule.startingAlphanumeric("a user id", 128, "._~@+-");

  /**
   * Checks the rule of the name.
   *
   * @throws InvalidNameException if the text is no user id
   */
  public UserId {
    value = RULE.require(value);
  }

  @Override
  public String toString() {
    return value;
  }
}
