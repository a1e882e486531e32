package dev.switchboard.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.bridge.LogOrder.Message;
import dev.switchboard.bridge.LogOrder.Verdict;
import dev.switchboard.event.LogPosition;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** Whatever comes in whatever order, a log's events go out exactly once and in turn. */
class LogOrderTest {
  private static final int EVENTS = 20;

  /** A positive step is that event live; a negative one is a read of so many events at most. */
  @Property(tries = 3_000)
  void anyInterleavingOfLiveEventsAndReadsReleasesEachOffsetOnceAndInOrder(
      @ForAll @Size(max = 80) List<@IntRange(min = -6, max = EVENTS) Integer> steps,
      @ForAll @IntRange(max = EVENTS) int maxWaiting) {
    LogOrder order = new LogOrder(place(0), maxWaiting);
    List<Message> out = new ArrayList<>();

    for (int step : steps) {
      if (step > 0) {
        long next = order.released().offset() + 1;
        Verdict verdict = order.offer(Messages.at(place(step)), out);
        assertThat(verdict)
            .isEqualTo(
                step < next ? Verdict.REPEAT : step == next ? Verdict.RELEASED : Verdict.HOLE);
      } else {
        order.fill(log(order.released(), -step), out);
      }
    }
    order.fill(log(order.released(), EVENTS), out);

    assertThat(out)
        .extracting(Message::place)
        .containsExactlyElementsOf(
            IntStream.rangeClosed(1, EVENTS).mapToObj(LogOrderTest::place).toList());
    assertThat(order.released()).isEqualTo(place(EVENTS));
    assertThat(order.hasHole()).isFalse();
  }

  @Property
  void aReadThatOverlapsWhatWasReleasedRepeatsNothing(
      @ForAll @IntRange(max = EVENTS) int released, @ForAll @IntRange(max = EVENTS) int readFrom) {
    LogOrder order = new LogOrder(place(0), 10);
    List<Message> out = new ArrayList<>();
    order.fill(log(place(0), released), out);

    order.fill(log(place(Math.min(released, readFrom)), EVENTS), out);

    assertThat(out).extracting(m -> m.place().offset()).doesNotHaveDuplicates().isSorted();
    assertThat(out).hasSize(EVENTS);
  }

  @Test
  void anotherEpochIsSuspect() {
    LogOrder order = new LogOrder(place(3), 10);
    List<Message> out = new ArrayList<>();

    for (int offset : new int[] {1, 3, 4, 9}) {
      assertThat(order.offer(Messages.at(new LogPosition("other", offset)), out))
          .isEqualTo(Verdict.SUSPECT);
    }

    assertThat(out).isEmpty();
    assertThat(order.hasHole()).isFalse();
  }

  @Test
  void anotherEventUnderAnOffsetAlreadyReleasedIsSuspect() {
    LogOrder order = new LogOrder(place(0), 10);
    List<Message> out = new ArrayList<>();
    order.fill(log(place(0), 5), out);

    assertThat(order.offer(Messages.at(place(4), "another"), out)).isEqualTo(Verdict.SUSPECT);
    assertThat(order.offer(Messages.at(place(4)), out)).isEqualTo(Verdict.REPEAT);
  }

  @Test
  void aLateRepeatFromFarBackIsARepeat() {
    LogOrder order = new LogOrder(place(0), 10);
    List<Message> out = new ArrayList<>();
    for (int offset = 1; offset <= 300; offset++) {
      assertThat(order.offer(Messages.at(place(offset)), out)).isEqualTo(Verdict.RELEASED);
    }

    assertThat(order.offer(Messages.at(place(1)), out)).isEqualTo(Verdict.REPEAT);
    assertThat(order.offer(Messages.at(place(299), "another"), out)).isEqualTo(Verdict.SUSPECT);
    assertThat(out).hasSize(300);
  }

  @Test
  void afterARestartOnlyTheNewEpochCounts() {
    LogOrder order = new LogOrder(place(0), 10);
    List<Message> out = new ArrayList<>();
    order.fill(log(place(0), 5), out);
    assertThat(order.offer(Messages.at(place(8)), out)).isEqualTo(Verdict.HOLE);
    out.clear();

    order.restart(new LogPosition("new", 7));

    assertThat(order.hasHole()).isFalse();
    assertThat(order.offer(Messages.at(place(6)), out)).isEqualTo(Verdict.LATE);
    assertThat(order.offer(Messages.at(new LogPosition("newer", 6)), out))
        .isEqualTo(Verdict.SUSPECT);
    assertThat(order.offer(Messages.at(new LogPosition("new", 5)), out)).isEqualTo(Verdict.REPEAT);
    assertThat(order.offer(Messages.at(new LogPosition("new", 8)), out))
        .isEqualTo(Verdict.RELEASED);
    assertThat(out).extracting(Message::place).containsExactly(new LogPosition("new", 8));
  }

  @Test
  void anEpochThatTheLogGoesBackToCountsAgain() {
    LogOrder order = new LogOrder(place(5), 10);
    List<Message> out = new ArrayList<>();
    LogPosition other = new LogPosition("other", 3);

    order.restart(other);
    order.restart(place(6));

    assertThat(order.offer(Messages.at(place(7)), out)).isEqualTo(Verdict.RELEASED);
    assertThat(order.offer(Messages.at(other), out)).isEqualTo(Verdict.LATE);
  }

  @Test
  void whatWaitsBeyondTheTopOfTheLogWasInvented() {
    LogOrder order = new LogOrder(place(0), 10);
    List<Message> out = new ArrayList<>();
    assertThat(order.offer(Messages.at(place(3)), out)).isEqualTo(Verdict.HOLE);
    assertThat(order.offer(Messages.at(place(9)), out)).isEqualTo(Verdict.HOLE);
    order.fill(log(place(0), 4), out);

    List<Message> invented = order.takeInvented(place(4));

    assertThat(invented).extracting(Message::place).containsExactly(place(9));
    assertThat(order.hasHole()).isFalse();
    assertThat(out).hasSize(4);
  }

  private static LogPosition place(long offset) {
    return new LogPosition("epoch", offset);
  }

  private static List<Message> log(LogPosition after, int most) {
    List<Message> read = new ArrayList<>();
    for (long o = after.offset() + 1; o <= Math.min(EVENTS, after.offset() + most); o++) {
      read.add(Messages.at(place(o)));
    }
    return read;
  }
}
