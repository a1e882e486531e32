package dev.switchboard.config;

import dev.switchboard.event.InvalidNameException;
import dev.switchboard.event.TenantId;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Whether payloads of known event types are held against their schemas. */
public record SchemasConfig(
    @Setting(
            about =
                "Payloads that break their type's schema: `off` does not look, `warn` counts them,"
                    + " `enforce` refuses them",
            def = "off")
        Mode mode,
    @Setting(
            about =
                "Tenants for which another mode holds, by mode, such as"
                    + " `{\"enforce\":[\"tenant-123\"]}`",
            def = "{}")
        Map<String, List<String>> tenants) {

  /** What is done about a payload that breaks its schema. */
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
              throw new IllegalArgumentException("tenants: \"" + id + "\" stands twice");
            }
          }
        });
    tenants = Map.copyOf(tenants);
  }

  private static void requireMode(String mode) {
    if (Arrays.stream(Mode.values()).noneMatch(known -> known.name().equals(mode))) {
      throw new IllegalArgumentException(
          "tenants: \"" + mode + "\" is none of " + Arrays.toString(Mode.values()));
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
