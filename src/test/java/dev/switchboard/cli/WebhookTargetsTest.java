package dev.switchboard.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.config.ConfigLoader;
import dev.switchboard.config.WebhooksConfig;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a node that is tried out says of the webhooks that it allows. */
class WebhookTargetsTest {
  private static final String BOTH =
      "Webhooks may use http:// and reach this machine: for trying out only.\n";

  private static WebhooksConfig config(Map<String, String> environment) {
    return ConfigLoader.bind("test", new JsonObject(), environment::get).webhooks();
  }

  @Test
  void defaultsAllowNothingToMention() {
    WebhookTargets targets = WebhookTargets.of(config(Map.of()));

    assertThat(targets.note()).isEmpty();
    assertThat(targets.exampleUrl()).isEqualTo("https://receiver.example.com/");
  }

  @Test
  void variablesOfTheScriptThatTriesANodeOutAllowThisMachine() {
    WebhookTargets targets =
        WebhookTargets.of(
            config(
                Map.of(
                    "SWITCHBOARD_WEBHOOKS_ALLOW_HTTP", "true",
                    "SWITCHBOARD_WEBHOOKS_ALLOWED_CIDRS", "127.0.0.0/8,::1/128")));

    assertThat(targets.note()).isEqualTo(BOTH);
    assertThat(targets.exampleUrl()).isEqualTo("http://127.0.0.1:9000/");
  }

  @ParameterizedTest
  @CsvSource({
    "true, '', '', Webhooks may use http://: for trying out only., http://receiver.example.com/",
    "true, 10.0.0.0/8, '', Webhooks may use http://: for trying out only., http://receiver.example.com/",
    "false, 127.0.0.1, '', Webhooks may reach this machine: for trying out only., https://127.0.0.1:9000/",
    "false, 127.0.0.1, *.example.com, '', https://receiver.example.com/"
  })
  void onlyWhatIsAllowedIsSaid(String http, String ranges, String hosts, String note, String url) {
    WebhookTargets targets =
        WebhookTargets.of(
            config(
                Map.of(
                    "SWITCHBOARD_WEBHOOKS_ALLOW_HTTP", http,
                    "SWITCHBOARD_WEBHOOKS_ALLOWED_CIDRS", ranges,
                    "SWITCHBOARD_WEBHOOKS_ALLOWED_HOSTS", hosts)));

    assertThat(targets.note().strip()).isEqualTo(note);
    assertThat(targets.exampleUrl()).isEqualTo(url);
  }
}
