package dev.switchboard.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.config.binding.UnknownVariables;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which environment variables are warned about. */
class UnknownVariablesTest {
  @ParameterizedTest
  @CsvSource({
    "SWITCHBOARD_REDIS_PASWORD, SWITCHBOARD_REDIS_PASSWORD",
    "SWITCHBOARD_AUTH_JWTSECRET, SWITCHBOARD_AUTH_JWT_SECRET",
    "SWITCHBOARD_AUTH_JWT_SECERT_FILE, SWITCHBOARD_AUTH_JWT_SECRET_FILE",
    "switchboard_http_port, SWITCHBOARD_HTTP_PORT",
    "SWITCHBOARD_TOKENS, SWITCHBOARD_TOKEN"
  })
  void misspeltVariableIsNamedWithTheNearest(String given, String nearest) {
    assertThat(warnings(Map.of(given, "hunter2")))
        .containsExactly(
            "The environment variable "
                + given
                + " is unknown and sets nothing; did you mean "
                + nearest
                + "?");
  }

  @Test
  void variableThatResemblesNoSettingIsNamedAlone() {
    assertThat(warnings(Map.of("SWITCHBOARD_XYZZY_QUUX_PLUGH", "1")))
        .containsExactly(
            "The environment variable SWITCHBOARD_XYZZY_QUUX_PLUGH is unknown and sets nothing");
  }

  @Test
  void otherVariablesCauseNoWarnings() {
    assertThat(
            warnings(
                Map.of(
                    "PATH", "/bin",
                    "SWITCHBOARD_TOKEN", "t",
                    "SWITCHBOARD_WEBHOOK_SECRET", "s",
                    "SWITCHBOARD_REDIS_PASSWORD", "p",
                    "SWITCHBOARD_REDIS_PASSWORD_FILE", "/p",
                    "SWITCHBOARD_SERVICE_HOST", "10.0.0.1",
                    "SWITCHBOARD_SERVICE_PORT_HTTP", "80",
                    "SWITCHBOARD_PORT", "tcp://10.0.0.1:80",
                    "SWITCHBOARD_REDIS_PORT_6379_TCP_ADDR", "10.0.0.2")))
        .isEmpty();
  }

  private static List<String> warnings(Map<String, String> variables) {
    return UnknownVariables.warnings(variables, SwitchboardConfig.class);
  }
}
