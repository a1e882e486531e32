package dev.switchboard.bridge;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.switchboard.event.LogId;
import dev.switchboard.event.LogPosition;
import dev.switchboard.redis.EventLog.Entry;
import dev.switchboard.redis.EventLog.Page;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A log whose reads see its state when they are made, and are answered when the test says so. */
final class FakeLog implements LogFollower.Source {
  private final List<Entry> entries = new ArrayList<>();
  private final Deque<Runnable> answers = new ArrayDeque<>();
  private final Deque<Promise<Page>> promises = new ArrayDeque<>();
  private final Deque<Asked> asked = new ArrayDeque<>();
  private String epoch = "e";
  private long top;
  private int reads;

  private record Asked(@Nullable LogPosition after, int most) {}

  @CanIgnoreReturnValue
  LogPosition append(int count) {
    for (int i = 0; i < count; i++) {
      entries.add(new Entry(++top, Messages.tail("event-" + top)));
    }
    return new LogPosition(epoch, top);
  }

  /** Somebody else wrote an entry. */
  void appendNoEnvelope() {
    entries.add(new Entry(++top, "no envelope".getBytes(StandardCharsets.UTF_8)));
  }

  void trimTo(int offset) {
    entries.removeIf(entry -> entry.offset() < offset);
  }

  void newEpoch(String name) {
    epoch = name;
    top = 0;
    entries.clear();
  }

  private Page page(Asked read) {
    LogPosition after = read.after();
    List<Entry> behind =
        after == null || !after.epoch().equals(epoch)
            ? List.of()
            : entries.stream()
                .filter(entry -> entry.offset() > after.offset())
                .limit(read.most())
                .toList();
    return new Page(new LogPosition(epoch, top), behind);
  }

  @Override
  public Future<Page> read(LogId id, @Nullable LogPosition after, int maxEntries) {
    reads++;
    Asked read = new Asked(after, maxEntries);
    Page page = page(read);
    Promise<Page> promise = Promise.promise();
    asked.add(read);
    promises.add(promise);
    answers.add(() -> promise.complete(page));
    return promise.future();
  }

  /** The oldest read under way sees the log as it is now. */
  void seeAgain() {
    Promise<Page> promise = promises.getFirst();
    Page page = page(asked.getFirst());
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
