package dev.switchboard.event;

/** Id of a tenant, which is one contact centre; no event leaves its tenant. */
public record TenantId(String value) {
  private static final NameRule RULE = NameRule.startingAlphanumeric("a tenant id", 64, "._~-");

  /**
   * Checks the rule of the name.
   *
   * @throws InvalidNameException if the text is not a tenant id
   */
  public TenantId {
    value = RULE.require(value);
  }

  @Override
  public String toString() {
    return value;
  }
}
