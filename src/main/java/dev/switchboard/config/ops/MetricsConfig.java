package dev.switchboard.config.ops;

import dev.switchboard.config.binding.Setting;
import dev.switchboard.event.InvalidNameException;
import dev.switchboard.event.TenantId;
import java.util.List;

/** What metrics show beside the totals of the node. */
public record MetricsConfig(
    @Setting(
            about =
                "Tenants with metrics of their own, at most 100, such as `[\"tenant-123\"]`; each"
                    + " adds about ten time series to every node",
            def = "")
        List<String> tenants) {
  private static final int MAX_TENANTS = 100;

  public MetricsConfig {
    if (tenants.size() > MAX_TENANTS) {
      throw new IllegalArgumentException("tenants: at most " + MAX_TENANTS + " can be listed");
    }
    tenants.forEach(MetricsConfig::requireTenant);
    if (tenants.stream().distinct().count() < tenants.size()) {
      throw new IllegalArgumentException("tenants: a tenant appears more than once");
    }
    tenants = List.copyOf(tenants);
  }

  private static void requireTenant(String id) {
    try {
      TenantId unused = new TenantId(id);
    } catch (InvalidNameException e) {
      throw new IllegalArgumentException("tenants: \"" + id + "\": " + e.getMessage(), e);
    }
  }

  public List<TenantId> tenantIds() {
    return tenants.stream().map(TenantId::new).toList();
  }
}
