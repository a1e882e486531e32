package dev.switchboard.tracing;

import dev.switchboard.config.ConfigException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The standard variables of OpenTelemetry that decide whether the server makes spans. It does if
 * {@code OTEL_TRACES_EXPORTER} is {@code otlp}, or if that is not set and an endpoint is; and never
 * if {@code OTEL_SDK_DISABLED} is {@code true}.
 */
public final class TracingSettings {
  private static final String DISABLED = "OTEL_SDK_DISABLED";
  private static final String EXPORTER = "OTEL_TRACES_EXPORTER";
  private static final String OTLP = "otlp";
  private static final String SUPPORTED_PROTOCOL = "http/protobuf";
  private static final List<String> ENDPOINTS =
      List.of("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT");
  private static final List<String> PROTOCOLS =
      List.of("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL");

  private TracingSettings() {}

  /**
   * Whether spans are made with these environment variables.
   *
   * @throws ConfigException if they ask for an exporter or protocol that the server does not have
   */
  public static boolean isOn(Map<String, String> environment) {
    if (value(environment, DISABLED).toLowerCase(Locale.ROOT).equals("true")) {
      return false;
    }
    List<String> problems = new ArrayList<>();
    String exporter = value(environment, EXPORTER);
    boolean on =
        exporter.isEmpty()
            ? ENDPOINTS.stream().anyMatch(name -> !value(environment, name).isEmpty())
            : exporter.equals(OTLP);
    if (!exporter.isEmpty() && !exporter.equals(OTLP) && !exporter.equals("none")) {
      problems.add(EXPORTER + ": \"" + exporter + "\" is not supported; set otlp or none");
    }
    if (on) {
      addProtocolProblem(environment, problems);
    }
    if (!problems.isEmpty()) {
      throw new ConfigException("the environment", problems);
    }
    return on;
  }

  private static void addProtocolProblem(Map<String, String> environment, List<String> problems) {
    PROTOCOLS.stream()
        .filter(name -> !value(environment, name).isEmpty())
        .findFirst()
        .filter(name -> !value(environment, name).equals(SUPPORTED_PROTOCOL))
        .ifPresent(
            name ->
                problems.add(
                    name
                        + ": \""
                        + value(environment, name)
                        + "\" is not supported; set "
                        + SUPPORTED_PROTOCOL
                        + ", for which collectors listen on port 4318"));
  }

  private static String value(Map<String, String> environment, String name) {
    return environment.getOrDefault(name, "").strip();
  }
}
