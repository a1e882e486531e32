package dev.switchboard.event;

/**
 * Id of a user of a tenant, as identity providers issue them; the same id in another tenant is
 * another user. It contains no comma, slash or brace: lists of ids, paths and the hash tags of
 * Redis keys stay unambiguous.
 */
public record UserId(String value) {
  static final String PUNCTUATION = "._~@+|:=-";

  private static final NameRule RULE = NameRule.of("a user id", 128, PUNCTUATION);

  /**
   * Checks the rule of the name.
   *
   * @throws InvalidNameException if the text is not a user id
   */
  public UserId {
    value = RULE.require(value);
    if (value.equals(".") || value.equals("..")) {
      throw new InvalidNameException("a user id must not be . or .., which can't be in a path");
    }
  }

  @Override
  public String toString() {
    return value;
  }
}
