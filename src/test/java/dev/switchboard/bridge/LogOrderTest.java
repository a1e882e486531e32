package dev.switchboard.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.bridge.LogOrder.Verdict;
import dev.switchboard.event.LogEvent;
import dev.switchboard.event.LogPosition;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** A log's events are released exactly once and in order, in whatever order they arrive. */
class LogOrderTest {
  private static final int EVENTS = 20;

  /** A positive step is the offset of a live event; a negative one the maximum size of a read. */
  @Property(tries = 3_000)
  void anyInterleavingOfLiveEventsAndReadsReleasesEachOffsetOnceAndInOrder(
      @ForAll @Size(max = 80) List<@IntRange(min = -6, max = EVENTS) Integer> steps,
      @ForAll @IntRange(max = EVENTS) int maxWaiting) {
    LogOrder order = new LogOrder(position(0), maxWaiting);
    List<LogEvent> out = new ArrayList<>();

    for (int step : steps) {
      if (step > 0) {
        long next = order.released().offset() + 1;
        Verdict verdict = order.offer(LogEvents.at(position(step)), out);
        assertThat(verdict)
            .isEqualTo(
                step < next ? Verdict.REPEAT : step == next ? Verdict.RELEASED : Verdict.HOLE);
      } else {
        order.fill(log(order.released(), -step), out);
      }
    }
    order.fill(log(order.released(), EVENTS), out);

    assertThat(out)
        .extracting(LogEvent::position)
        .containsExactlyElementsOf(
            IntStream.rangeClosed(1, EVENTS).mapToObj(LogOrderTest::position).toList());
    assertThat(order.released()).isEqualTo(position(EVENTS));
  }

  @Property
  void readThatOverlapsReleasedEventsRepeatsNothing(
      @ForAll @IntRange(max = EVENTS) int released, @ForAll @IntRange(max = EVENTS) int readFrom) {
    LogOrder order = new LogOrder(position(0), 10);
    List<LogEvent> out = new ArrayList<>();
    order.fill(log(position(0), released), out);

    order.fill(log(position(Math.min(released, readFrom)), EVENTS), out);

    assertThat(out)
        .extracting(event -> event.position().offset())
        .doesNotHaveDuplicates()
        .isSorted();
    assertThat(out).hasSize(EVENTS);
  }

  @Test
  void anotherEpochIsSuspect() {
    LogOrder order = new LogOrder(position(3), 10);
    List<LogEvent> out = new ArrayList<>();

    for (int offset : new int[] {1, 3, 4, 9}) {
      assertThat(order.offer(LogEvents.at(new LogPosition("other", offset)), out))
          .isEqualTo(Verdict.SUSPECT);
    }

    assertThat(out).isEmpty();
  }

  @Test
  void anotherEventAtAReleasedOffsetIsSuspect() {
    LogOrder order = new LogOrder(position(0), 10);
    List<LogEvent> out = new ArrayList<>();
    order.fill(log(position(0), 5), out);

    assertThat(order.offer(LogEvents.at(position(4), "another"), out)).isEqualTo(Verdict.SUSPECT);
    assertThat(order.offer(LogEvents.at(position(4)), out)).isEqualTo(Verdict.REPEAT);
  }

  @Test
  void lateRepeatOfAnOldEventIsARepeat() {
    LogOrder order = new LogOrder(position(0), 10);
    List<LogEvent> out = new ArrayList<>();
    for (int offset = 1; offset <= 300; offset++) {
      assertThat(order.offer(LogEvents.at(position(offset)), out)).isEqualTo(Verdict.RELEASED);
    }

    assertThat(order.offer(LogEvents.at(position(1)), out)).isEqualTo(Verdict.REPEAT);
    assertThat(order.offer(LogEvents.at(position(299), "another"), out)).isEqualTo(Verdict.SUSPECT);
    assertThat(out).hasSize(300);
  }

  @Test
  void afterARestartOnlyTheNewEpochCounts() {
    LogOrder order = new LogOrder(position(0), 10);
    List<LogEvent> out = new ArrayList<>();
    order.fill(log(position(0), 5), out);
    assertThat(order.offer(LogEvents.at(position(8)), out)).isEqualTo(Verdict.HOLE);
    out.clear();

    order.restart(new LogPosition("new", 7));

    assertThat(order.offer(LogEvents.at(position(6)), out)).isEqualTo(Verdict.LATE);
    assertThat(order.offer(LogEvents.at(new LogPosition("newer", 6)), out))
        .isEqualTo(Verdict.SUSPECT);
    assertThat(order.offer(LogEvents.at(new LogPosition("new", 5)), out)).isEqualTo(Verdict.REPEAT);
    assertThat(order.offer(LogEvents.at(new LogPosition("new", 8)), out))
        .isEqualTo(Verdict.RELEASED);
    assertThat(out).extracting(LogEvent::position).containsExactly(new LogPosition("new", 8));
  }

  @Test
  void epochToWhichTheLogReturnsCountsAgain() {
    LogOrder order = new LogOrder(position(5), 10);
    List<LogEvent> out = new ArrayList<>();
    LogPosition other = new LogPosition("other", 3);

    order.restart(other);
    order.restart(position(6));

    assertThat(order.offer(LogEvents.at(position(7)), out)).isEqualTo(Verdict.RELEASED);
    assertThat(order.offer(LogEvents.at(other), out)).isEqualTo(Verdict.LATE);
  }

  @Test
  void eventWaitingBeyondTheTopOfTheLogWasInvented() {
    LogOrder order = new LogOrder(position(0), 10);
    List<LogEvent> out = new ArrayList<>();
    assertThat(order.offer(LogEvents.at(position(3)), out)).isEqualTo(Verdict.HOLE);
    assertThat(order.offer(LogEvents.at(position(9)), out)).isEqualTo(Verdict.HOLE);
    order.fill(log(position(0), 4), out);

    List<LogEvent> invented = order.takeInvented(position(4));

    assertThat(invented).extracting(LogEvent::position).containsExactly(position(9));
    assertThat(out).hasSize(4);
  }

  private static LogPosition position(long offset) {
    return new LogPosition("epoch", offset);
  }

  private static List<LogEvent> log(LogPosition after, int maxEvents) {
    List<LogEvent> read = new ArrayList<>();
    for (long o = after.offset() + 1; o <= Math.min(EVENTS, after.offset() + maxEvents); o++) {
      read.add(LogEvents.at(position(o)));
    }
    return read;
  }
}
