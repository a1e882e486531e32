package dev.switchboard.webhooks.dispatch;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.bus.ClaimedDelivery;
import dev.switchboard.event.TenantId;
import dev.switchboard.webhooks.Deliveries;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** Webhooks take turns, however many deliveries each has. */
class ReadyQueueTest {

  @Property
  void everyWebhookIsServedBeforeAnyIsServedTwice(
      @ForAll @Size(min = 1, max = 60) List<@IntRange(min = 1, max = 5) Integer> webhooks) {
    ReadyQueue queue = new ReadyQueue(100, 100);
    Map<Long, Integer> waiting = new HashMap<>();
    for (int i = 0; i < webhooks.size(); i++) {
      queue.add(Deliveries.claimed(i, webhooks.get(i)));
      waiting.merge((long) webhooks.get(i), 1, Integer::sum);
    }

    List<ClaimedDelivery> served = new ArrayList<>();
    for (ClaimedDelivery next = queue.next(d -> true); next != null; next = queue.next(d -> true)) {
      served.add(next);
    }

    assertThat(served).hasSameSizeAs(webhooks);
    assertThat(queue.size()).isZero();
    for (long webhook : waiting.keySet()) {
      List<Long> own =
          served.stream().filter(d -> d.webhook() == webhook).map(ClaimedDelivery::id).toList();
      assertThat(own).as("in its own order").isSorted();
    }
    Map<Long, Integer> rounds = new HashMap<>();
    for (ClaimedDelivery delivery : served) {
      int round = rounds.merge(delivery.webhook(), 1, Integer::sum);
      waiting.forEach(
          (other, count) ->
              assertThat(rounds.getOrDefault(other, 0))
                  .isGreaterThanOrEqualTo(Math.min(count, round - 1)));
    }
  }

  @Test
  void webhookThatMayNotStartDoesNotDelayOthers() {
    ReadyQueue queue = new ReadyQueue(10, 10);
    queue.add(Deliveries.claimed(1, 7));
    queue.add(Deliveries.claimed(2, 8));

    ClaimedDelivery next = requireNonNull(queue.next(d -> d.webhook() != 7));

    assertThat(next.id()).isEqualTo(2);
    assertThat(queue.next(d -> d.webhook() != 7)).isNull();
    assertThat(queue.size()).isEqualTo(1);
  }

  @Test
  void queueOfOneWebhookLeavesRoomForOthers() {
    ReadyQueue queue = new ReadyQueue(3, 2);
    queue.add(Deliveries.claimed(1, 7));
    queue.add(Deliveries.claimed(2, 7));

    assertThat(queue.hasRoomFor(Deliveries.claimed(3, 7))).isFalse();
    assertThat(queue.hasRoomFor(Deliveries.claimed(4, 8))).isTrue();
    queue.add(Deliveries.claimed(4, 8));
    assertThat(queue.hasRoomFor(Deliveries.claimed(5, 9))).isFalse();
  }

  @Test
  void tenantsWithManyWebhooksLeaveRoomForOthers() {
    ReadyQueue queue = new ReadyQueue(100, 10);
    for (int i = 0; i < 1_000; i++) {
      ClaimedDelivery delivery = Deliveries.claimed(i, i, new TenantId("many-" + i % 3));
      if (queue.hasRoomFor(delivery)) {
        queue.add(delivery);
      }
    }

    assertThat(queue.size()).isBetween(80, 99);
    assertThat(queue.hasRoomFor(Deliveries.claimed(7, 7, new TenantId("other")))).isTrue();
  }

  @Test
  void removedDeliveriesNoLongerWait() {
    ReadyQueue queue = new ReadyQueue(10, 10);
    for (int i = 0; i < 6; i++) {
      queue.add(Deliveries.claimed(i, i % 2));
    }

    assertThat(queue.removeIf(d -> d.webhook() == 0)).hasSize(3);
    assertThat(queue.size()).isEqualTo(3);
    assertThat(queue.drain()).extracting(ClaimedDelivery::id).containsExactly(1L, 3L, 5L);
    assertThat(queue.size()).isZero();
    assertThat(queue.next(d -> true)).isNull();
  }
}
