package dev.switchboard.sessions.subscriptions;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.event.EnvelopeHead;
import dev.switchboard.event.EventType;
import dev.switchboard.event.LogId;
import dev.switchboard.event.LogPosition;
import dev.switchboard.event.TenantId;
import dev.switchboard.redis.EventLog;
import dev.switchboard.sessions.session.SessionTime;
import dev.switchboard.sessions.subscriptions.LogReader.Page;
import dev.switchboard.sessions.subscriptions.LogReader.Stored;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A page contains what follows a position, or shows that some of it is missing. */
class LogReaderTest {
  private static final byte[] TAIL =
      "\"event_id\":\"e\",\"type\":\"alert\",\"tenant_id\":\"t\",\"timestamp\":\"2026-11-23T09:30:00.123Z\",\"payload\":1}"
          .getBytes(StandardCharsets.UTF_8);

  @Property
  void pageGivesExactlyWhatFollowsOrShowsThatSomethingIsMissing(
      @ForAll @IntRange(max = 30) int floor,
      @ForAll @IntRange(max = 30) int length,
      @ForAll @IntRange(max = 5) int beyond,
      @ForAll @IntRange(max = 70) int after) {
    int last = floor + length;
    Page page = page(last + beyond, LongStream.rangeClosed(floor + 1, last).toArray());

    @Nullable List<Stored> following = page.after(position(after));

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
  void positionInAnotherEpochCannotBeResumed() {
    assertThat(page(3, 1, 2, 3).after(new LogPosition("other", 1))).isNull();
    assertThat(page(3, 1, 2, 3).after(new LogPosition("other", 3))).isNull();
  }

  @Test
  void positionBeyondTheTopCannotBeResumed() {
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

  @Property
  void pagesThatAreCutShortMissNothing(
      @ForAll @IntRange(min = 1, max = 900) int top,
      @ForAll @IntRange(min = 1, max = 250) int perPage,
      @ForAll @IntRange(max = 899) int start) {
    // Given
    long from = Math.min(start, top);
    LogReader reader = new LogReader(cutting(top, perPage), SessionTime.SYSTEM);
    List<Long> read = new ArrayList<>();
    // When
    LogPosition cursor = position(from);
    while (cursor.offset() < top) {
      List<Stored> page =
          requireNonNull(
              reader.after(LogId.ofTenant(new TenantId("t")), cursor).result(), "a false loss");
      page.forEach(event -> read.add(event.position().offset()));
      cursor = page.get(page.size() - 1).position();
    }
    // Then
    assertThat(read)
        .containsExactlyElementsOf(LongStream.rangeClosed(from + 1, top).boxed().toList());
  }

  /** A log of large events, of which one read brings only a few. */
  private static LogReader.Source cutting(long top, int perPage) {
    return (log, after, most) -> {
      long begin = requireNonNull(after).offset();
      long end = Math.min(top, begin + Math.min(most, perPage));
      return Future.succeededFuture(
          new EventLog.Page(
              position(top),
              LongStream.rangeClosed(begin + 1, end)
                  .mapToObj(offset -> new EventLog.Entry(offset, TAIL))
                  .toList()));
    };
  }

  private static LogPosition position(long offset) {
    return new LogPosition("epoch", offset);
  }

  private static Page page(long top, long... offsets) {
    EnvelopeHead head =
        new EnvelopeHead(
            null, null, new EventType("alert"), new TenantId("t"), null, null, null, 0);
    return new Page(
        position(top),
        LongStream.of(offsets).mapToObj(o -> new Stored(position(o), head, new byte[0])).toList());
  }
}
