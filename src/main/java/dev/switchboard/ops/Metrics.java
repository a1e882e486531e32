package dev.switchboard.ops;

import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.List;

/**
 * The text behind {@code /metrics}: what the parts of the node count, and the process itself. The
 * latter is looked at from the first scrape on, because setting it up would slow every start.
 */
final class Metrics {
  private final PrometheusMeterRegistry registry;
  private boolean bound;

  Metrics(PrometheusMeterRegistry registry) {
    this.registry = registry;
  }

  /** All figures as they are now. Blocking. */
  synchronized String scrape() {
    if (!bound) {
      process().forEach(binder -> binder.bindTo(registry));
      bound = true;
    }
    return registry.scrape();
  }

  private static List<MeterBinder> process() {
    return List.of(
        new JvmMemoryMetrics(),
        new JvmGcMetrics(),
        new JvmThreadMetrics(),
        new ProcessorMetrics(),
        new FileDescriptorMetrics(),
        new UptimeMetrics());
  }
}
