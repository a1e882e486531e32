package dev.switchboard.sessions;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.config.ConfigLoader;
import dev.switchboard.event.LogId;
import dev.switchboard.event.LogPosition;
import dev.switchboard.event.TenantId;
import dev.switchboard.kept.KeptStart;
import dev.switchboard.kept.KeptStore;
import dev.switchboard.redis.Keys;
import dev.switchboard.redis.RedisCommands;
import dev.switchboard.redis.Reply;
import dev.switchboard.sealing.PayloadSeal;
import dev.switchboard.sessions.kept.KeptSnapshots;
import dev.switchboard.sessions.session.KeptName;
import dev.switchboard.sessions.session.SessionTime;
import dev.switchboard.sessions.session.Snapshot;
import dev.switchboard.support.TestLimits;
import dev.switchboard.time.LoopScheduler;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Sessions that ask for kept events at about the same time cost Redis one snapshot. */
class KeptSnapshotsTest {
  private static final LogId LOG = LogId.ofTenant(new TenantId("t"));

  private final List<String> sent = new ArrayList<>();
  private final List<Runnable> timers = new ArrayList<>();
  private Future<Reply> answer = Future.failedFuture("down");
  private long millis = 1;
  private final KeptSnapshots snapshots =
      new KeptSnapshots(
          new KeptStore(
              down(),
              new Keys("callcenter"),
              TestLimits.ofDefaults(),
              new PayloadSeal(
                  ConfigLoader.defaults(name -> null).encryption(), new SimpleMeterRegistry()),
              new SimpleMeterRegistry()),
          scheduler(),
          new ManualTime());

  private RedisCommands down() {
    return new RedisCommands() {
      @Override
      public Future<Reply> send(String command, List<?> arguments) {
        sent.add(command);
        return answer;
      }

      @Override
      public <T> Future<T> replicated(String key, Future<T> written) {
        return written;
      }

      @Override
      public Future<Integer> publishEverywhere(String channel, String message) {
        return Future.failedFuture("down");
      }

      @Override
      public Future<Void> close() {
        return Future.succeededFuture();
      }
    };
  }

  private LoopScheduler scheduler() {
    return new LoopScheduler() {
      @Override
      public void next(Runnable action) {
        timers.add(action);
      }

      @Override
      public Timer after(long millis, Runnable action) {
        timers.add(action);
        return () -> timers.remove(action);
      }
    };
  }

  private final class ManualTime implements SessionTime {
    @Override
    public long nanos() {
      return TimeUnit.MILLISECONDS.toNanos(millis);
    }

    @Override
    public long millis() {
      return millis;
    }
  }

  @Test
  void askersBeginTogetherBehindTheFirst() {
    Future<KeptStart> first = snapshots.begin(LOG);
    Future<KeptStart> second = snapshots.begin(LOG);
    Future<KeptStart> third = snapshots.begin(LOG);

    assertThat(sent).hasSize(1);
    assertThat(first.isComplete()).isTrue();
    assertThat(second.isComplete()).isFalse();
    timers.remove(0).run();
    assertThat(sent).hasSize(2);
    assertThat(second.isComplete()).isTrue();
    assertThat(third.isComplete()).isTrue();
    assertThat(timers).isEmpty();
  }

  @Test
  void pageIsReadOnceForReadersWhoFollowEachOther() {
    answer = Promise.<Reply>promise().future();

    for (int reader = 0; reader < 10; reader++) {
      readFirstPage();
      millis += 400;
    }

    assertThat(sent).hasSize(1);
    millis += 600;
    readFirstPage();
    assertThat(sent).hasSize(2);
    answer = Future.failedFuture("down");
    millis += 600;
    readFirstPage();
    readFirstPage();
    assertThat(sent).as("a failed read is repeated").hasSize(4);
  }

  private void readFirstPage() {
    KeptStart start =
        new KeptStart(new LogPosition("epoch", 7), 7, Instant.EPOCH, Instant.EPOCH, 1, 1);
    Snapshot snapshot = new Snapshot(start, List.of(new KeptName(null, "queues")));
    Object unused = snapshots.page(LOG, snapshot);
  }
}
