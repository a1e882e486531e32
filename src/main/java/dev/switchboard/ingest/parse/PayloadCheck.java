package dev.switchboard.ingest.parse;

import dev.switchboard.config.SchemasConfig;
import dev.switchboard.config.SchemasConfig.Mode;
import dev.switchboard.event.EventType;
import dev.switchboard.event.Payload;
import dev.switchboard.event.TenantId;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Validates payloads against the schemas of their event types, for tenants that have it switched
 * on; for others it costs one map lookup. Belongs to one event loop.
 */
public final class PayloadCheck {
  private static final Logger log = LoggerFactory.getLogger(PayloadCheck.class);

  private final Mode defaultMode;
  private final Map<String, Mode> modes = new HashMap<>();
  private final MeterRegistry metrics;
  private @Nullable PayloadSchemas schemas;

  public PayloadCheck(SchemasConfig config, MeterRegistry metrics) {
    this.defaultMode = config.mode();
    this.metrics = metrics;
    config
        .tenants()
        .forEach((mode, tenants) -> tenants.forEach(t -> modes.put(t, Mode.valueOf(mode))));
  }

  /**
   * Returns the violations for which the event must be refused, with pointers into the payload.
   * Counts violations also where they are only to be reported.
   */
  List<FieldError> violations(TenantId tenant, EventType type, Payload payload) {
    Mode mode = modes.getOrDefault(tenant.value(), defaultMode);
    if (mode == Mode.off) {
      return List.of();
    }
    List<FieldError> violations = schemas().violations(type, payload);
    if (violations.isEmpty()) {
      return violations;
    }
    metrics
        .counter("switchboard_payload_violations", "type", type.value(), "mode", mode.name())
        .increment();
    log.atDebug()
        .addKeyValue("tenantId", tenant)
        .addKeyValue("type", type)
        .addKeyValue("pointer", violations.get(0).pointer())
        .log("Payload violates the schema of its event type");
    return mode == Mode.enforce ? violations : List.of();
  }

  /** Loaded when the first payload is validated; most deployments never need them. */
  private PayloadSchemas schemas() {
    PayloadSchemas loaded = schemas == null ? new PayloadSchemas() : schemas;
    schemas = loaded;
    return loaded;
  }
}
