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
 * Holds payloads against the schemas of their types where a tenant has that switched on; elsewhere
 * it costs one look into a map. Belongs to one event loop.
 */
public final class PayloadCheck {
  private static final Logger log = LoggerFactory.getLogger(PayloadCheck.class);

  private final Mode otherwise;
  private final Map<String, Mode> modes = new HashMap<>();
  private final MeterRegistry metrics;
  private @Nullable PayloadSchemas schemas;

  /** As configured. */
  public PayloadCheck(SchemasConfig config, MeterRegistry metrics) {
    this.otherwise = config.mode();
    this.metrics = metrics;
    config
        .tenants()
        .forEach((mode, tenants) -> tenants.forEach(t -> modes.put(t, Mode.valueOf(mode))));
  }

  /** Faults for which the event is to be refused, with pointers into the payload. */
  List<FieldError> faults(TenantId tenant, EventType type, Payload payload) {
    Mode mode = modes.getOrDefault(tenant.value(), otherwise);
    if (mode == Mode.off) {
      return List.of();
    }
    List<FieldError> fieldErrors = schemas().faults(type, payload);
    if (fieldErrors.isEmpty()) {
      return fieldErrors;
    }
    metrics
        .counter("switchboard_payload_violations", "type", type.value(), "mode", mode.name())
        .increment();
    log.atDebug()
        .addKeyValue("tenant", tenant)
        .addKeyValue("type", type)
        .addKeyValue("place", fieldErrors.get(0).pointer())
        .log("A payload breaks the schema of its type");
    return mode == Mode.enforce ? fieldErrors : List.of();
  }

  /** Read when the first payload is checked; most deployments never do. */
  private PayloadSchemas schemas() {
    PayloadSchemas known = schemas == null ? new PayloadSchemas() : schemas;
    schemas = known;
    return known;
  }
}
