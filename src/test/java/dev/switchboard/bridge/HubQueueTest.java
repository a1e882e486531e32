package dev.switchboard.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.bridge.LogOrder.Message;
import dev.switchboard.bus.HubBatch;
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

/** Mail to a hub that is quick, slow or stuck. */
class HubQueueTest {
  private static final LogId LOG = LogId.ofTenant(Messages.TENANT);
  private static final int SIZE = Messages.at(new LogPosition("e", 1)).envelope().length;

  private final Deque<HubBatch> sent = new ArrayDeque<>();
  private int skipped;
  private final HubQueue post =
      new HubQueue(new HubQueue.Bounds(4L * SIZE + 20, 100L * SIZE), sent::add, () -> skipped++);
  private long next = 1;

  @Test
  void aQuickHubGetsEveryEvent() {
    for (int i = 0; i < 20; i++) {
      release(1);
      post.flush();
      sent.getLast().handled();
    }

    assertThat(skipped).isZero();
    assertThat(post.backlog()).isZero();
  }

  @Test
  void aStuckHubIsToldHowFarTheLogWentWhenItIsBack() {
    release(7);
    post.flush();
    assertThat(sent.getLast().items()).hasSize(4);
    release(3);
    post.flush();
    assertThat(sent).hasSize(1);
    assertThat(post.isHoldingBack()).isTrue();

    sent.getLast().handled();
    post.flush();

    // The place of the tenth has a digit more.
    assertThat(sent.getLast().items())
        .containsExactly(new HubBatch.Skipped(LOG, new LogPosition("e", 10), 6L * SIZE + 1));
    assertThat(skipped).isEqualTo(6);
    assertThat(post.isHoldingBack()).isFalse();
  }

  @Test
  void aLossIsToldInsteadOfHowFarTheOldLogWent() {
    release(7);

    post.broken(LOG, new LogPosition("f", 0), "epoch");
    post.flush();
    sent.getLast().handled();
    post.flush();

    assertThat(sent).hasSize(1);
    assertThat(sent.getLast().items().get(4)).isInstanceOf(HubBatch.LogBroken.class);
  }

  @Test
  void oneTurnBringsNoMoreThanItsBound() {
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

  /** 0 ends a turn, 1 lets the hub handle a mail, more are that many events. */
  @Property
  void howeverSlowTheHubEveryPlaceIsSentOrSkippedInOrder(
      @ForAll @Size(max = 60) List<@IntRange(max = 6) Integer> steps) {
    HubQueueTest fresh = new HubQueueTest();
    Deque<HubBatch> unhandled = new ArrayDeque<>();
    long reached = 0;
    for (int i = 0; i < steps.size() + 400; i++) {
      int step = i < steps.size() ? steps.get(i) : i % 2;
      if (step > 1) {
        fresh.release(step);
      } else if (step == 0) {
        fresh.post.flush();
      } else if (!unhandled.isEmpty()) {
        unhandled.remove().handled();
      }
      while (!fresh.sent.isEmpty()) {
        HubBatch mail = fresh.sent.remove();
        unhandled.add(mail);
        reached = assertInOrder(mail, reached);
      }
      assertThat(fresh.post.backlog()).isLessThanOrEqualTo(4L * SIZE + 20);
    }
    assertThat(reached).isEqualTo(fresh.next - 1);
  }

  private static long assertInOrder(HubBatch mail, long from) {
    long reached = from;
    for (HubBatch.Item item : mail.items()) {
      if (item instanceof HubBatch.Released released) {
        LogPosition place = released.place();
        assertThat(place).isEqualTo(new LogPosition("e", reached + 1));
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
      release(post, next++);
    }
  }

  private static void release(HubQueue post, long offset) {
    // One length for all, so that bounds can be counted in events.
    Message message = Messages.at(new LogPosition("e", offset), "event-1");
    post.released(
        new HubBatch.Released(LOG, message.place(), message.head(), message.envelope()),
        message.place());
  }
}
