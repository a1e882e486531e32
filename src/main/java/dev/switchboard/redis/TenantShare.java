package dev.switchboard.redis;

/**
 * On whose behalf something of a tenant is created. People can't take what its backends need: they
 * are refused when half of a limit is used, by whomever.
 */
public enum TenantShare {
  /** The server itself, which must end what it began. */
  UNLIMITED(0),
  SERVICES(1),
  PEOPLE(2);

  private final int divisor;

  TenantShare(int divisor) {
    this.divisor = divisor;
  }

  /** What of a limit may be used; 0 for no limit. */
  public long of(long limit) {
    return divisor == 0 ? 0 : Math.max(1, limit / divisor);
  }
}
