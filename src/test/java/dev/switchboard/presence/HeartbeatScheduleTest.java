package dev.switchboard.presence;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class HeartbeatScheduleTest {
  private static final Duration TICK = Duration.ofMillis(100);
  private static final int SLICES = 20;
  private static final LeaseTimes TIMES =
      new LeaseTimes(Duration.ofSeconds(10), Duration.ofSeconds(2), Duration.ofSeconds(1));

  private final HeartbeatSchedule schedule = new HeartbeatSchedule(TICK, TIMES, 0);
  private long now;

  private List<Integer> dueAfter(long millis) {
    now += Duration.ofMillis(millis).toNanos();
    return schedule.due(now);
  }

  @Property
  void sliceIsDueOnceInARoundHoweverLateTheTicksAre(
      @ForAll @Size(min = 1, max = 200) List<@IntRange(min = 90, max = 400) Integer> pauses) {
    HeartbeatSchedule ticks = new HeartbeatSchedule(TICK, TIMES, 0);
    List<Integer> due = new ArrayList<>();
    long millis = 0;
    for (int pause : pauses) {
      millis += pause;
      due.addAll(ticks.due(millis * 1_000_000));
    }

    assertThat(due)
        .isEqualTo(
            IntStream.range(0, (int) (millis / 100)).mapToObj(slice -> slice % SLICES).toList());
  }

  @Test
  void everySliceIsDueOnceAfterAStallOfARoundOrMore() {
    assertThat(dueAfter(100)).containsExactly(0);

    assertThat(dueAfter(9_900)).hasSize(SLICES).doesNotHaveDuplicates();
    assertThat(dueAfter(100)).hasSize(1);
  }

  @Test
  void nothingIsDueForARoundAfterAStallLongerThanTheLease() {
    assertThat(dueAfter(100)).containsExactly(0);

    assertThat(dueAfter(TIMES.maxTickGap().toMillis() + 1)).isEmpty();
    assertThat(schedule.isQuiet(now)).isTrue();
    assertThat(dueAfter(1_900)).isEmpty();

    assertThat(dueAfter(100)).containsExactly(0);
    assertThat(schedule.isQuiet(now)).isFalse();
  }

  @Test
  void stallIsNoticedByTheFirstCallAfterIt() {
    long later = TIMES.maxTickGap().toNanos() + 1;

    assertThat(schedule.isQuiet(later)).isTrue();
    assertThat(schedule.due(later + 1)).isEmpty();
  }
}
