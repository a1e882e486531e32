package dev.switchboard.webhooks.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.event.TenantId;
import dev.switchboard.webhooks.dispatch.Receiver.Standing;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What is known of one receiver, by a clock moved by hand. */
class ReceiverTest {
  private static final long MS = TimeUnit.MILLISECONDS.toNanos(1);

  private final Receiver receiver = new Receiver(1, new TenantId("t"));

  private long call(long delivery, long from, long millis) {
    receiver.started(delivery, from);
    return receiver.ended(delivery, from + millis * MS);
  }

  @Test
  void receiverIsUnprovenUntilACallHasEndedOrHeldAWorkerForASecond() {
    assertThat(receiver.standing(0)).isEqualTo(Standing.UNPROVEN);
    assertThat(receiver.overdueAt()).isNull();
    receiver.started(1, 0);
    assertThat(receiver.overdueAt()).isEqualTo(1_000 * MS);

    assertThat(receiver.standing(1_000 * MS)).isEqualTo(Standing.UNPROVEN);
    assertThat(receiver.standing(1_000 * MS + 1)).isEqualTo(Standing.SLOW);
    assertThat(receiver.hasEndedCall()).isFalse();
    receiver.notCalled(1);
    assertThat(receiver.standing(2_000 * MS)).isEqualTo(Standing.UNPROVEN);
  }

  @Test
  void averageWeighsTheLastCallWithAFifth() {
    assertThat(call(1, 0, 500)).isEqualTo(500 * MS);
    assertThat(receiver.hasEndedCall()).isTrue();
    assertThat(receiver.heldNanos(0)).isEqualTo(500.0 * MS);

    call(2, 0, 3_000);

    assertThat(receiver.heldNanos(0)).isEqualTo(1_000.0 * MS);
    assertThat(receiver.standing(0)).isEqualTo(Standing.QUICK);
    call(3, 0, 1_001);
    assertThat(receiver.standing(0)).isEqualTo(Standing.SLOW);
  }

  @Test
  void oldestCallInFlightDecidesHowLongItProbablyTakes() {
    call(1, 0, 100);
    receiver.started(2, 0);
    receiver.started(3, 500 * MS);

    assertThat(receiver.calls()).isEqualTo(2);
    assertThat(receiver.heldNanos(50 * MS)).isEqualTo(100.0 * MS);
    assertThat(receiver.heldNanos(700 * MS)).isEqualTo(700.0 * MS);
    assertThat(receiver.overdueAt()).isEqualTo(1_000 * MS);
    assertThat(receiver.standing(1_000 * MS)).isEqualTo(Standing.QUICK);
    assertThat(receiver.standing(1_000 * MS + 1)).isEqualTo(Standing.SLOW);
  }

  @Test
  void quickCallIsOverdueAfter200MsAtTheEarliestAndASecondAtTheLatest() {
    call(1, 0, 1);
    receiver.started(2, 0);
    assertThat(receiver.overdueAt()).isEqualTo(200 * MS);
    receiver.notCalled(2);
    call(3, 0, 3_000);

    receiver.started(4, 0);

    assertThat(receiver.overdueAt()).isEqualTo(1_000 * MS);
  }

  @Test
  void unknownCallHeldNothing() {
    assertThat(receiver.ended(7, 5)).isZero();
    assertThat(receiver.hasEndedCall()).isFalse();
  }

  @Test
  void receiverIsUnusedWhenItWasNotCalledForThatLong() {
    receiver.started(1, 10);
    assertThat(receiver.isUnusedFor(100, 1_000)).isFalse();
    long unused = receiver.ended(1, 20);

    assertThat(receiver.isUnusedFor(100, 120)).isFalse();
    assertThat(receiver.isUnusedFor(100, 121)).isTrue();
  }
}
