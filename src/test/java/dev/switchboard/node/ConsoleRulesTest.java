package dev.switchboard.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.switchboard.config.ConfigException;
import dev.switchboard.config.ConfigLoader;
import dev.switchboard.config.SwitchboardConfig;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Settings of console and portal that can't be used are refused with their names. */
class ConsoleRulesTest {
  private static SwitchboardConfig load(String json) {
    return ConfigLoader.bind("test", new JsonObject(json), name -> null);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"console":{"allowedCidrs":["10.1/16"]}}              | console.allowedCidrs: "10.1/16"
          {"console":{"frameAncestors":["app.example.com"]}}    | console.frameAncestors: "app.example.com"
          {"console":{"frameAncestors":["https://a b"]}}        | console.frameAncestors: "https://a b"
          {"console":{"frameAncestors":["*"]}}                  | console.frameAncestors: "*"
          {"portal":{"returnOrigins":["https://a.example/x"]}}  | portal.returnOrigins: "https://a.example/x"
          {"portal":{"baseUrl":"events.example.com"}}           | portal.baseUrl: "events.example.com"
          {"portal":{"refreshUrl":"https://a.example/x"}}       | portal.refreshUrl: "https://a.example/x"
          {"portal":{"refreshUrl":"http://a.example/","returnOrigins":["http://a.example"]}} | portal.refreshUrl: "http://a.example/"
          """)
  void whatCantBeUsedIsRefused(String json, String problem) {
    assertThatThrownBy(() -> ConfigRules.require(load(json)))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(problem);
  }

  @Test
  void whatCanBeUsedIsTaken() {
    SwitchboardConfig config =
        load(
            """
            {"console":{"enabled":true,"allowedCidrs":["10.0.0.0/8","fd00::/8"],
              "frameAncestors":["https://app.example.com:8443"]},
             "portal":{"baseUrl":"https://events.example.com/","returnOrigins":["https://a.example"],
              "refreshUrl":"https://A.example:443/new?x=1"}}""");

    ConfigRules.require(config);

    assertThat(config.portal().leadsToListedPage("https://a.example/y")).isTrue();
    assertThat(config.portal().leadsToListedPage("https://a.example.evil/y")).isFalse();
  }
}
