package dev.switchboard.tracing.opentelemetry;

import dev.switchboard.config.ConfigException;
import dev.switchboard.tracing.opentelemetry.OpenTelemetryTracing.Identity;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigurationException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.logging.Logger;
import org.slf4j.bridge.SLF4JBridgeHandler;

/** Sets up the SDK by the variables {@code OTEL_*}. */
final class SdkStart {
  private static final String RESOURCE = "otel.resource.attributes";

  /** Would make an id of the instance besides the name of the node. */
  private static final String RANDOM_INSTANCE =
      "io.opentelemetry.sdk.autoconfigure.ServiceInstanceIdResourceProvider";

  /** Held, because loggers without a strong reference lose their handlers. */
  private static final Logger SDK_LOG = Logger.getLogger("io.opentelemetry");

  private static final List<String> SECRETS =
      List.of("OTEL_EXPORTER_OTLP_HEADERS", "OTEL_EXPORTER_OTLP_TRACES_HEADERS");

  private SdkStart() {}

  /**
   * Starts the SDK, whose threads export spans in the background.
   *
   * @throws ConfigException if a variable is invalid
   */
  static OpenTelemetrySdk start(Map<String, String> environment, Identity identity, SpanIds ids) {
    logThroughSlf4j();
    try {
      return AutoConfiguredOpenTelemetrySdk.builder()
          .disableShutdownHook()
          .addPropertiesCustomizer(config -> properties(environment, identity))
          .addTracerProviderCustomizer((provider, config) -> provider.setIdGenerator(ids))
          .build()
          .getOpenTelemetrySdk();
    } catch (ConfigurationException e) {
      String problem = withoutSecrets(String.valueOf(e.getMessage()), environment);
      throw new ConfigException("the environment", List.of("OTEL_*: " + problem));
    }
  }

  private static synchronized void logThroughSlf4j() {
    if (SDK_LOG.getUseParentHandlers()) {
      SDK_LOG.setUseParentHandlers(false);
      SDK_LOG.addHandler(new SLF4JBridgeHandler());
    }
  }

  /** Spans only: metrics are read at the management port, and the log goes to standard output. */
  private static Map<String, String> properties(
      Map<String, String> environment, Identity identity) {
    Map<String, String> properties = new HashMap<>();
    properties.put("otel.exporter.otlp.protocol", "http/protobuf");
    properties.put("otel.java.disabled.resource.providers", RANDOM_INSTANCE);
    environment.forEach(
        (name, value) -> {
          if (name.startsWith("OTEL_") && !value.isBlank()) {
            properties.put(name.toLowerCase(Locale.ROOT).replace('_', '.'), value);
          }
        });
    properties.put(RESOURCE, resource(identity, properties.getOrDefault(RESOURCE, "")));
    properties.put("otel.traces.exporter", "otlp");
    properties.put("otel.metrics.exporter", "none");
    properties.put("otel.logs.exporter", "none");
    return properties;
  }

  /** Of two attributes of the same name the last one counts. */
  private static String resource(Identity identity, String given) {
    return "service.name=switchboard,service.instance.id="
        + encoded(identity.node())
        + ",service.version="
        + encoded(identity.version())
        + (given.isEmpty() ? "" : "," + given);
  }

  private static String encoded(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private static String withoutSecrets(String message, Map<String, String> environment) {
    String shown = message;
    for (String name : SECRETS) {
      String secret = environment.getOrDefault(name, "");
      if (!secret.isEmpty()) {
        shown = shown.replace(secret, "***");
      }
    }
    return shown;
  }
}
