package dev.switchboard.event;

import org.jspecify.annotations.Nullable;

/**
 * One ordered log of recent events: that of a tenant's standard channels, or that of one topic of a
 * tenant.
 *
 * @param topic null for the standard channels
 */
public record LogId(TenantId tenant, @Nullable Topic topic) {
  /** The log of the tenant's standard channels. */
  public static LogId ofTenant(TenantId tenant) {
    return new LogId(tenant, null);
  }
}
