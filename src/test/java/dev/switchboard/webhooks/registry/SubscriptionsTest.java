package dev.switchboard.webhooks.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.config.Secret;
import dev.switchboard.event.EventPattern;
import dev.switchboard.event.EventType;
import dev.switchboard.event.TenantId;
import dev.switchboard.webhooks.registry.Webhook.Match;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Look-ups find the same webhooks as a try of every pattern. */
class SubscriptionsTest {
  private static final List<String> TYPES =
      List.of(
          "call",
          "call.incoming",
          "call.incoming.queued",
          "callback",
          "kept.page",
          "webhook.failing");

  private static final List<String> PATTERNS =
      List.of(
          "*",
          "call",
          "call.*",
          "call.incoming",
          "call.incoming.*",
          "kept.*",
          "kept.page",
          "webhook.*",
          "webhook.failing");

  private static final List<String> MALFORMED = List.of("call*", "CALL.INCOMING", "*.incoming");

  private final Random random = new Random(7);

  @Test
  void lookUpsFindWhatTryingEveryPatternFinds() {
    for (int round = 0; round < 200; round++) {
      List<Webhook> webhooks = new ArrayList<>();
      for (int id = 1; id <= 20; id++) {
        webhooks.add(webhook(id));
      }
      Subscriptions subscriptions = Subscriptions.of(webhooks, null);

      for (String name : TYPES) {
        EventType type = new EventType(name);
        assertThat(subscriptions.candidates(type))
            .as("%s among %s", name, webhooks)
            .containsExactlyInAnyOrderElementsOf(expected(webhooks, type));
      }
    }
  }

  @Test
  void sameWebhooksKeepTheirLookUps() {
    Webhook one = webhook(1);
    Webhook two = webhook(2);
    Subscriptions before = Subscriptions.of(List.of(one, two), null);

    assertThat(Subscriptions.of(List.of(two, one), before)).isSameAs(before);
    assertThat(Subscriptions.of(List.of(one), before)).isNotSameAs(before);
    assertThat(Subscriptions.of(List.of(one, webhook(3)), before)).isNotSameAs(before);
  }

  private static List<Candidate> expected(List<Webhook> webhooks, EventType type) {
    return webhooks.stream()
        .filter(webhook -> webhook.active() && webhook.matches(type) != Match.NO)
        .map(webhook -> new Candidate(webhook, webhook.matches(type)))
        .toList();
  }

  private Webhook webhook(long id) {
    List<EventPattern> patterns = some(PATTERNS).stream().map(EventPattern::new).toList();
    return new Webhook(
        id,
        new TenantId("tenant"),
        "https://example.com/",
        patterns,
        Secret.NONE,
        random.nextInt(5) > 0,
        0,
        Duration.ofSeconds(1),
        WebhookOptions.NONE,
        new RowFaults(new RowFaults.Usable(), some(MALFORMED), false));
  }

  private List<String> some(List<String> all) {
    return all.stream().filter(one -> random.nextInt(5) == 0).toList();
  }
}
