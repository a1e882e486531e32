package dev.switchboard.sessions.subscriptions;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.event.LogEvent;
import dev.switchboard.event.LogId;
import dev.switchboard.event.LogPosition;
import dev.switchboard.event.TenantId;
import dev.switchboard.redis.LogPage;
import dev.switchboard.sessions.session.SessionTime;
import dev.switchboard.sessions.subscriptions.LogReader.Following;
import dev.switchboard.sessions.subscriptions.LogReader.Following.Events;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Pages of a log are read one behind the other without a hole. */
class LogReaderTest {
  private static final byte[] BODY =
      "\"event_id\":\"e\",\"type\":\"alert\",\"tenant_id\":\"t\",\"timestamp\":\"2026-11-23T09:30:00.123Z\",\"payload\":1}"
          .getBytes(StandardCharsets.UTF_8);

  @Property
  void pagesThatAreCutShortMissNothing(
      @ForAll @IntRange(min = 1, max = 900) int top,
      @ForAll @IntRange(min = 1, max = 250) int perPage,
      @ForAll @IntRange(max = 899) int start) {
    long from = Math.min(start, top);
    LogReader reader = new LogReader(cutting(top, perPage), SessionTime.SYSTEM);
    List<Long> read = new ArrayList<>();
    LogPosition cursor = position(from);
    while (cursor.offset() < top) {
      Following following = reader.after(LogId.ofTenant(new TenantId("t")), cursor).result();
      assertThat(following).isInstanceOf(Events.class);
      List<LogEvent> page = ((Events) following).events();
      page.forEach(event -> read.add(event.position().offset()));
      cursor = page.get(page.size() - 1).position();
    }
    assertThat(read)
        .containsExactlyElementsOf(LongStream.rangeClosed(from + 1, top).boxed().toList());
  }

  /** A log of large events, of which one read brings only a few. */
  private static LogReader.Source cutting(long top, int perPage) {
    return (log, after, most) -> {
      long begin = requireNonNull(after).offset();
      long end = Math.min(top, begin + Math.min(most, perPage));
      return Future.succeededFuture(
          new LogPage(
              position(top),
              LongStream.rangeClosed(begin + 1, end)
                  .mapToObj(offset -> requireNonNull(LogEvent.of(position(offset), BODY)))
                  .toList()));
    };
  }

  private static LogPosition position(long offset) {
    return new LogPosition("epoch", offset);
  }
}
