package dev.switchboard.redis;

/** A tenant has all that it may have; nothing was changed. */
public final class LimitReachedException extends RedisRefusedException {
  private final TenantLimit limit;

  public LimitReachedException(TenantLimit limit) {
    super(limit.reason());
    this.limit = limit;
  }

  public TenantLimit limit() {
    return limit;
  }
}
