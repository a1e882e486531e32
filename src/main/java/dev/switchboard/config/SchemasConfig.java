package dev.switchboard.config;

import dev.switchboard.config.binding.Setting;
import dev.switchboard.event.InvalidNameException;
import dev.switchboard.event.TenantId;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Whether payloads of known event types are validated against their schemas. */
public record SchemasConfig(
    @Setting(
            about =
                "Payloads that violate the schema of their type: `off` does not check,"
                    + " `warn` counts them, `enforce` rejects them",
            def = "off")
        Mode mode,
    @Setting(
            about =
                "Tenants with a different mode, listed by mode, such as"
                    + " `{\"enforce\":[\"tenant-123\"]}`",
            def = "{}")
        Map<String, List<String>> tenants) {

  /** What happens to a payload that violates its schema. */
  public enum Mode {
    off,
    warn,
    enforce
  }

  public SchemasConfig {
    Set<String> named = new HashSet<>();
    tenants.forEach(
        (name, ids) -> {
          requireMode(name);
          for (String id : ids) {
            requireTenant(id);
            if (!named.add(id)) {
              throw new IllegalArgumentException("tenants: \"" + id + "\" appears more than once");
            }
          }
        });
    tenants = Map.copyOf(tenants);
  }

  private static void requireMode(String mode) {
    if (Arrays.stream(Mode.values()).noneMatch(known -> known.name().equals(mode))) {
      throw new IllegalArgumentException(
          "tenants: \"" + mode + "\" is not one of " + Arrays.toString(Mode.values()));
    }
  }

  private static void requireTenant(String id) {
    try {
      TenantId unused = new TenantId(id);
    } catch (InvalidNameException e) {
      throw new IllegalArgumentException("tenants: \"" + id + "\": " + e.getMessage(), e);
    }
  }
}
