package dev.switchboard.redis;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.event.EnvelopeHead;
import dev.switchboard.event.EventType;
import dev.switchboard.event.LogEvent;
import dev.switchboard.event.LogPosition;
import dev.switchboard.event.TenantId;
import java.util.List;
import java.util.stream.LongStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A page says which events follow a position, or that some are missing. */
class LogPageTest {
  @Property
  void pageTellsExactlyWhatFollowsOrThatSomethingIsMissing(
      @ForAll @IntRange(max = 30) int floor,
      @ForAll @IntRange(max = 30) int length,
      @ForAll @IntRange(max = 5) int beyond,
      @ForAll @IntRange(max = 70) int after) {
    int last = floor + length;
    LogPage page = page(last + beyond, LongStream.rangeClosed(floor + 1, last).toArray());

    @Nullable List<LogEvent> following = page.after(position(after));

    boolean known = after >= floor && (after < last || after == last + beyond);
    if (known && after <= last) {
      assertThat(requireNonNull(following))
          .extracting(event -> event.position().offset())
          .containsExactlyElementsOf(LongStream.rangeClosed(after + 1, last).boxed().toList());
    } else if (known) {
      assertThat(following).isEmpty();
    } else {
      assertThat(following).isNull();
    }
  }

  @Test
  void positionOfAnotherEpochCannotBeContinued() {
    assertThat(page(3, 1, 2, 3).after(new LogPosition("other", 1))).isNull();
    assertThat(page(3, 1, 2, 3).after(new LogPosition("other", 3))).isNull();
  }

  @Test
  void positionBeyondTheTopCannotBeContinued() {
    assertThat(page(3, 1, 2, 3).after(position(4))).isNull();
    assertThat(page(0).after(position(1))).isNull();
  }

  @Test
  void nothingFollowsTheTop() {
    assertThat(page(3, 1, 2, 3).after(position(3))).isEmpty();
    assertThat(page(0).after(position(0))).isEmpty();
  }

  @Test
  void holeInThePageIsALoss() {
    assertThat(page(5, 1, 2, 4, 5).after(position(1))).isNull();
    assertThat(page(5, 1, 2, 4, 5).after(position(3))).hasSize(2);
  }

  @Test
  void pageCutBeforeAPositionStopsShortOfIt() {
    assertThat(page(5, 1, 2).stopsShortOf(position(1))).isFalse();
    assertThat(page(5, 1, 2).stopsShortOf(position(2))).isTrue();
    assertThat(page(2, 1, 2).stopsShortOf(position(2))).isFalse();
    assertThat(page(5, 1, 2).stopsShortOf(new LogPosition("other", 2))).isFalse();
  }

  private static LogPosition position(long offset) {
    return new LogPosition("epoch", offset);
  }

  private static LogPage page(long top, long... offsets) {
    EnvelopeHead head =
        new EnvelopeHead(
            null, null, new EventType("alert"), new TenantId("t"), null, null, null, null, 0);
    return new LogPage(
        position(top),
        LongStream.of(offsets)
            .mapToObj(offset -> new LogEvent(position(offset), head, new byte[0]))
            .toList());
  }
}
