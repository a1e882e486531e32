package dev.switchboard.bridge;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.switchboard.event.LogEvent;
import dev.switchboard.event.LogId;
import dev.switchboard.event.LogPosition;
import dev.switchboard.redis.LogPage;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A log whose reads see its state when they are made, and are answered when the test says so. */
final class FakeLog implements LogFollower.Source {
  private final List<LogEvent> events = new ArrayList<>();
  private final Deque<Runnable> answers = new ArrayDeque<>();
  private final Deque<Promise<LogPage>> promises = new ArrayDeque<>();
  private final Deque<Asked> asked = new ArrayDeque<>();
  private String epoch = "e";
  private long top;
  private int reads;

  private record Asked(@Nullable LogPosition after, int maxEvents) {}

  @CanIgnoreReturnValue
  LogPosition append(int count) {
    for (int i = 0; i < count; i++) {
      events.add(LogEvents.at(new LogPosition(epoch, ++top)));
    }
    return new LogPosition(epoch, top);
  }

  /** Another program wrote an entry that is not an envelope. */
  void appendUnreadable() {
    top++;
  }

  void trimTo(int offset) {
    events.removeIf(event -> event.position().offset() < offset);
  }

  void newEpoch(String name) {
    epoch = name;
    top = 0;
    events.clear();
  }

  private LogPage page(Asked read) {
    LogPosition after = read.after();
    List<LogEvent> behind =
        after == null
            ? List.of()
            : events.stream()
                .filter(event -> event.position().isBeyond(after))
                .limit(read.maxEvents())
                .toList();
    return new LogPage(new LogPosition(epoch, top), behind);
  }

  @Override
  public Future<LogPage> read(LogId id, @Nullable LogPosition after, int maxEvents) {
    reads++;
    Asked read = new Asked(after, maxEvents);
    LogPage page = page(read);
    Promise<LogPage> promise = Promise.promise();
    asked.add(read);
    promises.add(promise);
    answers.add(() -> promise.complete(page));
    return promise.future();
  }

  /** Lets the oldest read in flight see the log as it is now. */
  void seeAgain() {
    Promise<LogPage> promise = promises.getFirst();
    LogPage page = page(asked.getFirst());
    answers.removeFirst();
    answers.addFirst(() -> promise.complete(page));
  }

  int reads() {
    return reads;
  }

  int pending() {
    return answers.size();
  }

  void answer() {
    asked.remove();
    promises.remove();
    answers.remove().run();
  }

  void answerAll() {
    while (!answers.isEmpty()) {
      answer();
    }
  }

  void fail() {
    asked.remove();
    answers.remove();
    promises.remove().fail("Redis is out of reach");
  }
}
