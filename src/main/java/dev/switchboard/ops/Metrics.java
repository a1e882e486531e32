package dev.switchboard.ops;

import io.micrometer.core.instrument.Gauge;
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
 * The text of {@code /metrics}: the metrics of the node and of its process. The latter are
 * registered at the first scrape, because registering them would slow down every start.
 */
final class Metrics {
  private final PrometheusMeterRegistry registry;
  private boolean bound;

  Metrics(PrometheusMeterRegistry registry) {
    this.registry = registry;
  }

  /** Returns the current values of all metrics. Blocking. */
  synchronized String scrape() {
    if (!bound) {
      process().forEach(binder -> binder.bindTo(registry));
      bindBuild();
      bound = true;
    }
    return registry.scrape();
  }

  private void bindBuild() {
    String version = Metrics.class.getPackage().getImplementationVersion();
    Gauge unused =
        Gauge.builder("switchboard.build.info", () -> 1)
            .description("1; the labels name the version of this node and its Java runtime")
            .tag("version", version == null ? "development" : version)
            .tag("java", Runtime.version().toString())
            .register(registry);
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
