package dev.switchboard.tracing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.switchboard.config.ConfigException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which variables switch on tracing. */
class TracingSettingsTest {
  private static final String ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT";

  @Test
  void nothingIsTracedByDefault() {
    assertThat(TracingSettings.isOn(Map.of())).isFalse();
    assertThat(TracingSettings.isOn(Map.of("OTEL_SERVICE_NAME", "events"))).isFalse();
    assertThat(TracingSettings.isOn(Map.of(ENDPOINT, " "))).isFalse();
  }

  @Test
  void endpointOrExporterSwitchesItOn() {
    assertThat(TracingSettings.isOn(Map.of(ENDPOINT, "http://collector:4318"))).isTrue();
    assertThat(
            TracingSettings.isOn(
                Map.of("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://collector/v1/traces")))
        .isTrue();
    assertThat(TracingSettings.isOn(Map.of("OTEL_TRACES_EXPORTER", "otlp"))).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"OTEL_TRACES_EXPORTER,none", "OTEL_SDK_DISABLED,true", "OTEL_SDK_DISABLED,TRUE"})
  void switchedOffItStaysOffDespiteAnEndpoint(String variable, String value) {
    assertThat(TracingSettings.isOn(Map.of(ENDPOINT, "http://collector:4318", variable, value)))
        .isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "OTEL_TRACES_EXPORTER,zipkin,set otlp or none",
    "OTEL_EXPORTER_OTLP_PROTOCOL,grpc,set http/protobuf",
    "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL,http/json,set http/protobuf"
  })
  void unsupportedChoiceIsRefusedWithTheWayToFixIt(String variable, String value, String fix) {
    Map<String, String> environment = Map.of(ENDPOINT, "http://collector:4318", variable, value);

    assertThatThrownBy(() -> TracingSettings.isOn(environment))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(variable + ": \"" + value + "\" is not supported; " + fix);
  }
}
