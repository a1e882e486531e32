package dev.switchboard.event;

/** One contact centre; everything that reaches a client is inside one tenant. */
public record TenantId(String value) {
  private static final NameRule RULE = NameRule.startingAlphanumeric("a tenant id", 64, "._~-");

  /**
   * Checks the rule of the name.
   *
   * @throws InvalidNameException if the text is no tenant id
   */
  public TenantId {
    value = RULE.require(value);
  }

  @Override
  public String toString() {
    return value;
  }
}
