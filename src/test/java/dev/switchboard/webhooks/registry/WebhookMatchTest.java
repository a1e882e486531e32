package dev.switchboard.webhooks.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.config.Secret;
import dev.switchboard.event.EventPattern;
import dev.switchboard.event.EventType;
import dev.switchboard.event.TenantId;
import dev.switchboard.webhooks.registry.Webhook.Match;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whether a webhook is owed an event, as far as its row can be read. */
class WebhookMatchTest {
  private static Webhook webhook(RowFaults faults, String... events) {
    return new Webhook(
        1,
        new TenantId("t"),
        "https://example.com/",
        List.of(events).stream().map(EventPattern::new).toList(),
        Secret.NONE,
        true,
        0,
        Duration.ofSeconds(1),
        WebhookOptions.NONE,
        faults);
  }

  private static RowFaults malformed(String... patterns) {
    return new RowFaults(new RowFaults.Usable(), List.of(patterns), false);
  }

  @ParameterizedTest
  @CsvSource({
    "*, call.incoming, YES",
    "call.*, call.incoming, YES",
    "call.incoming, call.incoming, YES",
    "call.ended, call.incoming, NO",
    "*, webhook.disabled, NO",
    "*, kept.forgotten, NO",
    "webhook.*, webhook.disabled, YES",
    "kept.forgotten, kept.forgotten, YES",
    "*, webhooks.own, YES"
  })
  void eventsOfTheServerMustBeNamed(String pattern, String type, Match match) {
    assertThat(webhook(RowFaults.NONE, pattern).matches(new EventType(type))).isEqualTo(match);
  }

  @ParameterizedTest
  @CsvSource({
    "CALL.INCOMING, call.incoming, UNKNOWN",
    "' call.incoming ', call.incoming, UNKNOWN",
    "call*, call.incoming, UNKNOWN",
    "call*, calls.x, UNKNOWN",
    "ca**, call.incoming, UNKNOWN",
    "call*, alert, NO",
    "CALL.ENDED, call.incoming, NO",
    "w*, webhook.disabled, NO"
  })
  void malformedPatternMayBeMeantForATypeItResembles(String pattern, String type, Match match) {
    assertThat(webhook(malformed(pattern), "alert.x").matches(new EventType(type)))
        .isEqualTo(match);
  }

  @Test
  void patternThatIsWellFormedDecidesFirst() {
    assertThat(webhook(malformed("CALL.X"), "call.*").matches(new EventType("call.x")))
        .isEqualTo(Match.YES);
  }

  @Test
  void filterIsAskedOnlyIfTheTypeMatches() {
    Webhook all = webhook(RowFaults.NONE, "*");
    EventType type = new EventType("alert");

    assertThat(all.matches(type, () -> true)).isEqualTo(Match.YES);
    assertThat(all.matches(type, () -> false)).isEqualTo(Match.NO);
    assertThat(webhook(malformed("ALERT"), "a").matches(type, () -> true)).isEqualTo(Match.UNKNOWN);
    assertThat(
            webhook(RowFaults.NONE, "call.*")
                .matches(
                    type,
                    () -> {
                      throw new AssertionError("asked");
                    }))
        .isEqualTo(Match.NO);
  }

  @Test
  void unreadableFilterLeavesItOpen() {
    RowFaults faults = new RowFaults(new RowFaults.Usable(), List.of(), true);

    assertThat(webhook(faults, "*").matches(new EventType("alert"), () -> false))
        .isEqualTo(Match.UNKNOWN);
  }
}
