package dev.switchboard.support;

import dev.switchboard.config.ConfigLoader;
import dev.switchboard.redis.TenantLimits;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;

/** Limits of tenants that no test reaches by accident. */
public final class TestLimits {
  private TestLimits() {}

  /** The limits that a node has without any setting. */
  public static TenantLimits ofDefaults() {
    return new TenantLimits(
        ConfigLoader.defaults(name -> null).limits(), new SimpleMeterRegistry());
  }
}
