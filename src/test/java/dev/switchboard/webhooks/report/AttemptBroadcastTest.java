package dev.switchboard.webhooks.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.event.TenantId;
import dev.switchboard.redis.Keys;
import dev.switchboard.redis.WebhookSignals;
import dev.switchboard.support.PublishedMessages;
import dev.switchboard.webhooks.Deliveries;
import dev.switchboard.webhooks.call.Attempt;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which attempts are sent, for how long, and how many. */
class AttemptBroadcastTest {
  private static final TenantId TENANT = new TenantId("tenant-123");

  private final PublishedMessages redis = new PublishedMessages();
  private final List<String> sent = redis.messages();
  private long now = 5;
  private final AttemptBroadcast broadcast =
      new AttemptBroadcast(new WebhookSignals(redis, new Keys("test")), () -> now);

  @Test
  void nothingIsSentUnlessTheTenantsAttemptsAreWanted() {
    broadcast.attempted(Deliveries.claimed(1, 7), answered(200), null);
    broadcast.wanted(new TenantId("tenant-999"));
    broadcast.attempted(Deliveries.claimed(1, 7), answered(200), null);

    assertThat(sent).isEmpty();
  }

  @Test
  void outcomeOfAnAttemptIsSent() {
    broadcast.wanted(TENANT);

    broadcast.attempted(Deliveries.claimed(1, 7), answered(200), null);
    broadcast.attempted(Deliveries.claimed(2, 7), answered(503), Duration.ofSeconds(2));
    broadcast.attempted(Deliveries.claimed(3, 8), answered(404), null);

    assertThat(sent).hasSize(3);
    assertThat(sent.get(0)).startsWith("7 {\"type\":\"webhook.attempt\"").contains("\"delivered\"");
    assertThat(sent.get(1)).contains("\"retrying\"").contains("\"retry_in_ms\":2000");
    assertThat(sent.get(2)).startsWith("8 ").contains("\"failed\"").contains("\"delivery_id\":3");
  }

  @Test
  void attemptsAreSentNoLongerThanTheyAreWanted() {
    broadcast.wanted(TENANT);
    now += AttemptBroadcast.WANTED_FOR.toNanos() - 1;
    broadcast.attempted(Deliveries.claimed(1, 7), answered(200), null);
    broadcast.wanted(TENANT);
    now += AttemptBroadcast.WANTED_FOR.toNanos() - 1;
    broadcast.attempted(Deliveries.claimed(2, 7), answered(200), null);
    now += 2;
    broadcast.attempted(Deliveries.claimed(3, 7), answered(200), null);

    assertThat(sent).hasSize(2);
  }

  @Test
  void attemptsBeyondTheLimitAreCountedAndTheCountIsSent() {
    broadcast.wanted(TENANT);
    for (int i = 0; i < 250; i++) {
      broadcast.attempted(Deliveries.claimed(i, 7), answered(200), null);
    }
    assertThat(sent).hasSize(200);

    now += Duration.ofSeconds(1).toNanos();
    broadcast.attempted(Deliveries.claimed(251, 7), answered(200), null);

    assertThat(sent).hasSize(202);
    assertThat(sent.get(200))
        .isEqualTo("0 {\"type\":\"webhook.attempts_missed\",\"payload\":{\"count\":50}}");
  }

  private static Attempt answered(int code) {
    Attempt.Result result =
        code < 300
            ? Attempt.Result.DELIVERED
            : code < 500 ? Attempt.Result.FINAL : Attempt.Result.RETRY;
    return new Attempt(result, code, null, code < 300 ? null : "http: " + code, 3);
  }
}
