package dev.switchboard.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.bus.HubBatch;
import dev.switchboard.event.LogEvent;
import dev.switchboard.event.LogId;
import dev.switchboard.event.LogPosition;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** Batches for a hub that is fast, slow or stuck. */
class HubQueueTest {
  private static final LogId LOG = LogId.ofTenant(LogEvents.TENANT);
  private static final int SIZE = LogEvents.at(new LogPosition("e", 1)).envelope().length;

  private final Deque<HubBatch> sent = new ArrayDeque<>();
  private int skipped;
  private final HubQueue queue =
      new HubQueue(new HubQueue.Bounds(4L * SIZE + 20, 100L * SIZE), sent::add, () -> skipped++);
  private long next = 1;

  @Test
  void fastHubGetsEveryEvent() {
    for (int i = 0; i < 20; i++) {
      release(1);
      queue.flush();
      sent.getLast().handled();
    }

    assertThat(skipped).isZero();
    assertThat(queue.backlog()).isZero();
  }

  @Test
  void stuckHubLearnsTheSkippedPositionOnceItContinues() {
    release(7);
    queue.flush();
    assertThat(sent.getLast().items()).hasSize(4);
    release(3);
    queue.flush();
    assertThat(sent).hasSize(1);
    assertThat(queue.hasUnreportedSkips()).isTrue();

    sent.getLast().handled();
    queue.flush();

    // The position of the tenth event has one digit more.
    assertThat(sent.getLast().items())
        .containsExactly(new HubBatch.Skipped(LOG, new LogPosition("e", 10), 6L * SIZE + 1));
    assertThat(skipped).isEqualTo(6);
    assertThat(queue.hasUnreportedSkips()).isFalse();
  }

  @Test
  void lossReplacesTheSkippedPositionOfTheOldEpoch() {
    release(7);

    queue.broken(LOG, new LogPosition("f", 0), "epoch");
    queue.flush();
    sent.getLast().handled();
    queue.flush();

    assertThat(sent).hasSize(1);
    assertThat(sent.getLast().items().get(4)).isInstanceOf(HubBatch.LogBroken.class);
  }

  @Test
  void oneTurnSendsNoMoreThanItsBound() {
    HubQueue small =
        new HubQueue(new HubQueue.Bounds(1_000L * SIZE, 2L * SIZE + 5), sent::add, () -> {});
    for (int i = 1; i <= 5; i++) {
      release(small, i);
    }

    small.flush();

    assertThat(sent.getLast().items()).hasSize(3);
    assertThat(sent.getLast().items().get(2))
        .isEqualTo(new HubBatch.Skipped(LOG, new LogPosition("e", 5), 3L * SIZE));
  }

  /** 0 ends a turn, 1 lets the hub handle a batch, a larger number is that many events. */
  @Property
  void everyPositionIsSentOrSkippedInOrderHoweverSlowTheHub(
      @ForAll @Size(max = 60) List<@IntRange(max = 6) Integer> steps) {
    HubQueueTest fresh = new HubQueueTest();
    Deque<HubBatch> unhandled = new ArrayDeque<>();
    long reached = 0;
    for (int i = 0; i < steps.size() + 400; i++) {
      int step = i < steps.size() ? steps.get(i) : i % 2;
      if (step > 1) {
        fresh.release(step);
      } else if (step == 0) {
        fresh.queue.flush();
      } else if (!unhandled.isEmpty()) {
        unhandled.remove().handled();
      }
      while (!fresh.sent.isEmpty()) {
        HubBatch batch = fresh.sent.remove();
        unhandled.add(batch);
        reached = assertInOrder(batch, reached);
      }
      assertThat(fresh.queue.backlog()).isLessThanOrEqualTo(4L * SIZE + 20);
    }
    assertThat(reached).isEqualTo(fresh.next - 1);
  }

  private static long assertInOrder(HubBatch batch, long from) {
    long reached = from;
    for (HubBatch.Item item : batch.items()) {
      if (item instanceof HubBatch.Released released) {
        LogPosition position = released.event().position();
        assertThat(position).isEqualTo(new LogPosition("e", reached + 1));
        reached++;
      } else if (item instanceof HubBatch.Skipped skip) {
        assertThat(skip.position().offset()).isGreaterThan(reached);
        reached = skip.position().offset();
      }
    }
    return reached;
  }

  private void release(int count) {
    for (int i = 0; i < count; i++) {
      release(queue, next++);
    }
  }

  private static void release(HubQueue queue, long offset) {
    // One length for all, so that bounds can be counted in events.
    LogEvent event = LogEvents.at(new LogPosition("e", offset), "event-1");
    queue.released(new HubBatch.Released(LOG, event));
  }
}
