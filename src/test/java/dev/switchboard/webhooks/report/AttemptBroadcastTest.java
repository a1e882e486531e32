package dev.switchboard.webhooks.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.bus.WebhookSignal;
import dev.switchboard.event.TenantId;
import dev.switchboard.webhooks.Deliveries;
import dev.switchboard.webhooks.call.Attempt;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whom attempts are told to, for how long, and how many. */
class AttemptBroadcastTest {
  private static final TenantId TENANT = new TenantId("tenant-123");

  private final List<String> told = new ArrayList<>();
  private final Peers peers =
      new Peers() {
        @Override
        public void attempted(TenantId tenant, long webhook, JsonObject message) {
          told.add(webhook + " " + message.encode());
        }

        @Override
        public void attemptsMissed(TenantId tenant, JsonObject message) {
          told.add("0 " + message.encode());
        }

        @Override
        public void send(WebhookSignal signal) {}

        @Override
        public Future<Void> close() {
          return Future.succeededFuture();
        }
      };
  private long now = 5;
  private final AttemptBroadcast news = new AttemptBroadcast(peers, () -> now);

  @Test
  void nothingIsToldUnlessSomebodyOfTheTenantAsked() {
    news.attempted(Deliveries.owed(1, 7), answered(200), null);
    news.wanted(new TenantId("tenant-999"));
    news.attempted(Deliveries.owed(1, 7), answered(200), null);

    assertThat(told).isEmpty();
  }

  @Test
  void whatCameOfAnAttemptIsTold() {
    news.wanted(TENANT);

    news.attempted(Deliveries.owed(1, 7), answered(200), null);
    news.attempted(Deliveries.owed(2, 7), answered(503), Duration.ofSeconds(2));
    news.attempted(Deliveries.owed(3, 8), answered(404), null);

    assertThat(told).hasSize(3);
    assertThat(told.get(0)).startsWith("7 {\"type\":\"webhook.attempt\"").contains("\"delivered\"");
    assertThat(told.get(1)).contains("\"retrying\"").contains("\"retry_in_ms\":2000");
    assertThat(told.get(2)).startsWith("8 ").contains("\"failed\"").contains("\"delivery_id\":3");
  }

  @Test
  void whoDoesNotAskAgainIsForgotten() {
    news.wanted(TENANT);
    now += AttemptBroadcast.WANTED_FOR.toNanos() - 1;
    news.attempted(Deliveries.owed(1, 7), answered(200), null);
    news.wanted(TENANT);
    now += AttemptBroadcast.WANTED_FOR.toNanos() - 1;
    news.attempted(Deliveries.owed(2, 7), answered(200), null);
    now += 2;
    news.attempted(Deliveries.owed(3, 7), answered(200), null);

    assertThat(told).hasSize(2);
  }

  @Test
  void whatIsTooMuchIsCountedAndTheCountTold() {
    news.wanted(TENANT);
    for (int i = 0; i < 250; i++) {
      news.attempted(Deliveries.owed(i, 7), answered(200), null);
    }
    assertThat(told).hasSize(200);

    now += Duration.ofSeconds(1).toNanos();
    news.attempted(Deliveries.owed(251, 7), answered(200), null);

    assertThat(told).hasSize(202);
    assertThat(told.get(200))
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
