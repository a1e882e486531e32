package dev.switchboard.webhooks.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.bus.ClaimedDelivery;
import dev.switchboard.config.ConfigLoader;
import dev.switchboard.config.WebhooksConfig;
import dev.switchboard.event.TenantId;
import dev.switchboard.webhooks.Deliveries;
import dev.switchboard.webhooks.call.Attempt;
import dev.switchboard.webhooks.call.Attempt.Result;
import dev.switchboard.webhooks.queue.QuickWebhooks;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Caps, and how much a claim may take, by a clock moved by hand. */
class DispatchLimitsTest {
  private final Map<Long, Integer> rates = new HashMap<>();
  private long now;
  private final DispatchLimits limits =
      new DispatchLimits(
          config(),
          () -> now,
          webhook -> rates.getOrDefault(webhook, 0),
          webhook -> false,
          new QuickWebhooks());
  private final ReadyQueue ready = new ReadyQueue(1_000, 1_000);

  @Test
  void webhookAtItsLimitLeavesWorkersToOthers() {
    call(7, 10);
    call(8, 10);
    start(7, 5);

    assertThat(limits.mayStart(Deliveries.claimed(6, 7))).isFalse();
    assertThat(limits.mayStart(Deliveries.claimed(7, 8))).isTrue();
    assertThat(limits.claimBudget(ready).of(8) - limits.claimBudget(ready).of(7)).isEqualTo(5);
  }

  @Test
  void unknownReceiverGetsOneWorkerUntilItsFirstCallEnds() {
    start(7, 1);

    assertThat(limits.mayStart(Deliveries.claimed(2, 7))).isFalse();
    assertThat(limits.claimBudget(ready).of(7)).isZero();
    assertThat(limits.claimBudget(ready).of(8)).isOne();
    now += TimeUnit.SECONDS.toNanos(2);
    assertThat(limits.mayStart(Deliveries.claimed(2, 7))).as("it has become slow").isFalse();
    end(Deliveries.claimed(0, 7), 10);
    start(7, 2);
  }

  @Test
  void shareShrinksWithTheTimeThatCallsTake() {
    TenantId other = new TenantId("other");
    call(7, 2_500);
    callOf(other, 8, 30_000);

    start(7, 2);
    limits.started(Deliveries.claimed(1, 8, other));

    assertThat(limits.mayStart(Deliveries.claimed(9, 7))).isFalse();
    assertThat(limits.mayStart(Deliveries.claimed(9, 8, other))).isFalse();
  }

  @Test
  void callThatDoesNotEndShrinksTheShareBeforeItTimesOut() {
    call(7, 10);
    start(7, 1);

    now += TimeUnit.SECONDS.toNanos(5);

    assertThat(limits.mayStart(Deliveries.claimed(9, 7))).isFalse();
  }

  @Test
  void lastWorkersAreLeftToTenantsThatHaveNone() {
    for (int webhook = 1; webhook <= 3; webhook++) {
      call(webhook, 10);
    }
    TenantId other = new TenantId("other");
    callOf(other, 4, 10);

    start(1, 5);
    start(2, 2);

    assertThat(limits.mayStart(Deliveries.claimed(9, 3))).isFalse();
    assertThat(limits.mayStart(Deliveries.claimed(9, 4, other))).isTrue();
  }

  @Test
  void waitingDeliveriesOfUnknownReceiversTakeNoRoomInClaims() {
    call(7, 10);
    int total = limits.claimBudget(ready).total();
    for (int webhook = 100; webhook < 150; webhook++) {
      ready.add(Deliveries.claimed(webhook, webhook));
    }

    assertThat(limits.claimBudget(ready).total()).isEqualTo(total);
    assertThat(limits.claimBudget(ready).of(7)).isEqualTo(255);
    assertThat(limits.claimBudget(ready).of(999)).as("others of its kind wait").isZero();
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

    assertThat(limits.ahead(7)).isZero();
    assertThat(limits.claimBudget(ready).of(7)).isOne();
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

  @Test
  void nothingIsRequestedWithoutARate() {
    assertThat(limits.mayStart(Deliveries.claimed(1, 7))).isTrue();
    call(7, 1);

    assertThat(limits.allowances().takeRequest(0)).isEmpty();
    assertThat(limits.allowances().waitMillis(0)).isZero();
  }

  private void call(long webhook, int millis) {
    callOf(new TenantId("tenant-123"), webhook, millis);
  }

  private void callOf(TenantId tenant, long webhook, int millis) {
    ClaimedDelivery delivery = Deliveries.claimed(1, webhook, tenant);
    limits.started(delivery);
    end(delivery, millis);
  }

  private void end(ClaimedDelivery delivery, int millis) {
    now += TimeUnit.MILLISECONDS.toNanos(millis);
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
