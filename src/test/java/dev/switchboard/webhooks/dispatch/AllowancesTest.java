package dev.switchboard.webhooks.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.webhooks.queue.RateStore.Granted;
import dev.switchboard.webhooks.queue.RateStore.Wanted;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What a node does with its share of a rate, by a clock moved by hand. */
class AllowancesTest {
  private final Allowances allowances = new Allowances();

  @Test
  void callsOfATenthOfASecondAreRequestedAtATime() {
    boolean before = allowances.has("webhook:1", 50, 0) || allowances.has("webhook:2", 3, 0);

    assertThat(before).isFalse();
    assertThat(allowances.takeRequest(0))
        .containsExactlyInAnyOrder(
            new Wanted("webhook:1", 50, 5, 5), new Wanted("webhook:2", 3, 1, 1));
  }

  @Test
  void grantedCallsAreUsedOnceAndExpire() {
    grant(2, 10, 0);

    boolean first = allowances.has("webhook:1", 20, millis(1));
    allowances.take("webhook:1");
    boolean second = allowances.has("webhook:1", 20, millis(2));
    boolean late = allowances.has("webhook:1", 20, millis(150));
    allowances.take("webhook:1");
    boolean third = allowances.has("webhook:1", 20, millis(3));

    assertThat(first).isTrue();
    assertThat(second).isTrue();
    assertThat(late).as("kept for too long").isFalse();
    assertThat(third).isFalse();
  }

  @Test
  void oneRequestIsInFlightAtATimeAndNoneIsSentTooEarly() {
    boolean unused = allowances.has("webhook:1", 20, 0);
    List<Wanted> asked = allowances.takeRequest(0);
    boolean more = allowances.has("webhook:1", 20, 0);

    List<Wanted> meanwhile = allowances.takeRequest(0);
    allowances.granted(List.of(new Granted("webhook:1", 0, 40)), 0);

    assertThat(asked).hasSize(1);
    assertThat(more).isFalse();
    assertThat(meanwhile).isEmpty();
    assertThat(allowances.takeRequest(millis(39))).isEmpty();
    assertThat(allowances.waitMillis(0)).isBetween(40L, 42L);
    assertThat(allowances.takeRequest(millis(41))).hasSize(1);
  }

  @Test
  void failedRequestIsRepeatedAfterASecond() {
    boolean unused = allowances.has("webhook:1", 20, 0);
    allowances.failed(allowances.takeRequest(0), 0);

    boolean still = allowances.has("webhook:1", 20, millis(10));

    assertThat(still).isFalse();
    assertThat(allowances.takeRequest(millis(10))).isEmpty();
    assertThat(allowances.takeRequest(millis(1_001))).hasSize(1);
  }

  private void grant(int calls, int waitMillis, long now) {
    boolean before = allowances.has("webhook:1", 20, now);
    assertThat(before).isFalse();
    assertThat(allowances.takeRequest(now)).hasSize(1);
    allowances.granted(List.of(new Granted("webhook:1", calls, waitMillis)), now);
  }

  private static long millis(long millis) {
    return TimeUnit.MILLISECONDS.toNanos(millis);
  }
}
