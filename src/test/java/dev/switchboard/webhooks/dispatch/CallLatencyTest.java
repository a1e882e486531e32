package dev.switchboard.webhooks.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** How far ahead deliveries are claimed. */
class CallLatencyTest {

  @Test
  void nothingWaitsForAHangingReceiver() {
    assertThat(CallLatency.of(30_000, 0).ahead(5)).isZero();
  }

  @Test
  void deliveriesWaitingForAQuickReceiverAreCalledWithinHalfASecond() {
    assertThat(CallLatency.of(50, 0).ahead(5)).isEqualTo(50);
  }

  @Test
  void receiverThatStopsAnsweringIsNoticedWithinAFewCalls() {
    CallLatency callLatency = CallLatency.of(2, 0);
    for (int i = 0; i < 5; i++) {
      callLatency = callLatency.with(30_000, i);
    }

    assertThat(callLatency.ahead(5)).isZero();
  }

  @Property
  void numberAheadIsBoundedForEveryLatency(
      @ForAll @IntRange(max = 200_000) int millis,
      @ForAll @IntRange(min = 1, max = 10_000) int cap) {
    assertThat(CallLatency.of(millis, 0).ahead(cap)).isBetween(0, 250);
  }
}
