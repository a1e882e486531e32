package dev.switchboard.webhooks.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.bus.ClaimedDelivery;
import dev.switchboard.config.ConfigLoader;
import dev.switchboard.config.WebhooksConfig;
import dev.switchboard.webhooks.Deliveries;
import dev.switchboard.webhooks.call.Attempt;
import dev.switchboard.webhooks.call.Attempt.Result;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Caps, and how much a claim may take, by a clock moved by hand. */
class DispatchLimitsTest {
  private final Map<Long, Integer> rates = new HashMap<>();
  private final DispatchLimits limits =
      new DispatchLimits(config(), () -> 0, webhook -> rates.getOrDefault(webhook, 0));
  private final ReadyQueue ready = new ReadyQueue(1_000, 1_000);

  @Test
  void webhookAtItsLimitLeavesWorkersToOthers() {
    start(7, 5);

    assertThat(limits.mayStart(Deliveries.claimed(6, 7))).isFalse();
    assertThat(limits.mayStart(Deliveries.claimed(7, 8))).isTrue();
    assertThat(limits.claimBudget(ready).of(7)).isZero();
    assertThat(limits.claimBudget(ready).of(8)).isEqualTo(5);
  }

  @Test
  void deliveriesOfAQuickReceiverAreClaimedAhead() {
    call(7, 10);

    assertThat(limits.ahead(7)).isEqualTo(250);
    assertThat(limits.claimBudget(ready).of(7)).isEqualTo(255);
    ready.add(Deliveries.claimed(2, 7));
    assertThat(limits.claimBudget(ready).of(7)).isEqualTo(254);
  }

  @Test
  void nothingIsClaimedAheadForAHangingReceiver() {
    call(7, (int) TimeUnit.SECONDS.toMillis(30));

    assertThat(limits.claimBudget(ready).of(7)).isEqualTo(5);
  }

  @Test
  void atMostOneSecondsCallsAreClaimedAheadUnderARate() {
    rates.put(7L, 20);

    call(7, 1);

    assertThat(limits.ahead(7)).isEqualTo(20);
    assertThat(limits.maxWaiting(7)).isEqualTo(100);
    assertThat(limits.mayStart(Deliveries.claimed(2, 7))).as("before any is granted").isFalse();
    assertThat(limits.allowances().takeRequest(0)).hasSize(1);
  }

  private void call(long webhook, int millis) {
    ClaimedDelivery delivery = Deliveries.claimed(1, webhook);
    limits.started(delivery);
    boolean opened =
        limits.evaluate(delivery, new Attempt(Result.DELIVERED, 200, null, null, millis));
    assertThat(opened).isFalse();
    limits.ended(delivery);
  }

  private void start(long webhook, int calls) {
    for (int i = 0; i < calls; i++) {
      assertThat(limits.mayStart(Deliveries.claimed(i, webhook))).isTrue();
      limits.started(Deliveries.claimed(i, webhook));
    }
  }

  private static WebhooksConfig config() {
    return ConfigLoader.bind("test", new JsonObject(), name -> null).webhooks();
  }
}
