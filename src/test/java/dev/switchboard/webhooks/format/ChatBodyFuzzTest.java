package dev.switchboard.webhooks.format;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.fuzz.FuzzTarget;
import dev.switchboard.fuzz.JsonTrees;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * Payloads that become bodies of calls, and bodies that chat services answer with: every format
 * makes JSON of every payload, and every service takes it.
 */
class ChatBodyFuzzTest extends FuzzTarget {
  private static final List<String> TYPES = List.of("call.incoming", "alert", "my.own-type");

  private final BodyFormatter formatter = new BodyFormatter(LinkTemplate.NONE);

  @Override
  protected void check(byte[] input) {
    for (WebhookFormat format : WebhookFormat.values()) {
      Optional<ServiceAnswer> unused = ServiceAnswer.read(format, 400, text(input));
    }
    JsonTrees.read(input)
        .ifPresent(
            payload -> TYPES.forEach(type -> checkBodies(TestEvents.event(type, payload.value()))));
  }

  private void checkBodies(DeliveredEvent event) {
    for (WebhookFormat format : WebhookFormat.values()) {
      if (format != WebhookFormat.TEMPLATE) {
        byte[] body = formatter.format(format, null, event).bytes();
        assertThat(JsonTrees.read(body)).as("%s", format).isPresent();
        assertIsTaken(format, new String(body, StandardCharsets.UTF_8));
      }
    }
  }

  private static void assertIsTaken(WebhookFormat format, String body) {
    String refusal =
        switch (format) {
          case SLACK -> ChatRules.slack(body);
          case DISCORD -> ChatRules.discord(body);
          case TEAMS -> ChatRules.teams(body);
          case GOOGLE_CHAT -> ChatRules.googleChat(body);
          default -> null;
        };
    assertThat(refusal).as("%s of %s", format, body).isNull();
  }
}
