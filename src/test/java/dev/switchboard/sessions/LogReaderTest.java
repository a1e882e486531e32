package dev.switchboard.sessions;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.event.EnvelopeHead;
import dev.switchboard.event.EventType;
import dev.switchboard.event.LogPosition;
import dev.switchboard.event.TenantId;
import dev.switchboard.sessions.LogReader.Page;
import dev.switchboard.sessions.LogReader.Stored;
import java.util.List;
import java.util.stream.LongStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A page says what follows a place, or that it can't be known. */
class LogReaderTest {

  @Property
  void aPageTellsExactlyWhatFollowsOrThatSomethingIsMissing(
      @ForAll @IntRange(max = 30) int floor,
      @ForAll @IntRange(max = 30) int length,
      @ForAll @IntRange(max = 5) int beyond,
      @ForAll @IntRange(max = 70) int after) {
    int last = floor + length;
    Page page = page(last + beyond, LongStream.rangeClosed(floor + 1, last).toArray());

    @Nullable List<Stored> following = page.after(place(after));

    boolean known = after >= floor && (after < last || after == last + beyond);
    if (known && after <= last) {
      assertThat(requireNonNull(following))
          .extracting(event -> event.place().offset())
          .containsExactlyElementsOf(LongStream.rangeClosed(after + 1, last).boxed().toList());
    } else if (known) {
      assertThat(following).isEmpty();
    } else {
      assertThat(following).isNull();
    }
  }

  @Test
  void aPlaceOfAnotherEpochCannotBeContinued() {
    assertThat(page(3, 1, 2, 3).after(new LogPosition("other", 1))).isNull();
    assertThat(page(3, 1, 2, 3).after(new LogPosition("other", 3))).isNull();
  }

  @Test
  void aPlaceBeyondTheTopCannotBeContinued() {
    assertThat(page(3, 1, 2, 3).after(place(4))).isNull();
    assertThat(page(0).after(place(1))).isNull();
  }

  @Test
  void nothingFollowsTheTop() {
    assertThat(page(3, 1, 2, 3).after(place(3))).isEmpty();
    assertThat(page(0).after(place(0))).isEmpty();
  }

  @Test
  void aHoleInThePageIsALoss() {
    assertThat(page(5, 1, 2, 4, 5).after(place(1))).isNull();
    assertThat(page(5, 1, 2, 4, 5).after(place(3))).hasSize(2);
  }

  private static LogPosition place(long offset) {
    return new LogPosition("epoch", offset);
  }

  private static Page page(long top, long... offsets) {
    EnvelopeHead head =
        new EnvelopeHead(
            null, null, new EventType("alert"), new TenantId("t"), null, null, null, 0);
    return new Page(
        place(top),
        LongStream.of(offsets).mapToObj(o -> new Stored(place(o), head, new byte[0])).toList());
  }
}
