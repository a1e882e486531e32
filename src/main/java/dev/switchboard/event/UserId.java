package dev.switchboard.event;

/** Id of a user of a tenant; the same id in another tenant is another user. */
public record UserId(String value) {
  private static final NameRule RULE = NameRule.startingAlphanumeric("a user id", 128, "._~@+-");

  /**
   * Checks the rule of the name.
   *
   * @throws InvalidNameException if the text is not a user id
   */
  public UserId {
    value = RULE.require(value);
  }

  @Override
  public String toString() {
    return value;
  }
}
