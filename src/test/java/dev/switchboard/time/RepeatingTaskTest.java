package dev.switchboard.time;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.support.ManualLoop;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** Rounds of a task, with time advanced by hand. */
class RepeatingTaskTest {
  private static final Schedule EVERY_SECOND = Schedule.every(Duration.ofSeconds(1));

  private final ManualLoop loop = new ManualLoop();
  private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
  private final Random random = new Random(1);
  private final Deque<Promise<Void>> rounds = new ArrayDeque<>();
  private long nanos;
  private int begun;

  private final RepeatingTasks tasks = new RepeatingTasks(loop, metrics, () -> nanos, random);

  private RepeatingTask open(Schedule schedule) {
    return tasks.task("tested", schedule, this::round);
  }

  private RepeatingTask failing(Supplier<Future<?>> round) {
    return tasks.task(
        "tested",
        EVERY_SECOND,
        () -> {
          begun++;
          return round.get();
        });
  }

  private Future<Void> round() {
    begun++;
    Promise<Void> round = Promise.promise();
    rounds.add(round);
    return round.future();
  }

  private double failures() {
    return metrics.counter("switchboard.task.failures", "task", "tested").count();
  }

  @Test
  void firstRoundStartsAfterOnePause() {
    open(EVERY_SECOND).start();

    assertThat(begun).isZero();
    assertThat(loop.alarms()).containsExactly(1_000L);
    assertThat(loop.ring(1_000)).isTrue();
    assertThat(begun).isOne();
  }

  @Test
  void firstRoundCanStartAtOnce() {
    Future<Void> first = open(EVERY_SECOND).startNow();

    assertThat(begun).isOne();
    assertThat(first.isComplete()).isFalse();
    rounds.remove().complete();
    assertThat(first.succeeded()).isTrue();
  }

  @Test
  void nextRoundIsScheduledWhenTheRoundHasEnded() {
    open(EVERY_SECOND).start();
    assertThat(loop.ring(1_000)).isTrue();

    assertThat(loop.alarms()).isEmpty();
    rounds.remove().complete();

    assertThat(loop.alarms()).containsExactly(1_000L);
    assertThat(loop.ring(1_000)).isTrue();
    assertThat(begun).isEqualTo(2);
  }

  @Test
  void roundThatThrowsIsCountedAndFollowedByTheNext() {
    RepeatingTask task =
        failing(
            () -> {
              throw new IllegalStateException("thrown");
            });

    Future<Void> first = task.startNow();

    assertThat(first.cause()).hasMessage("thrown");
    assertThat(loop.ring(1_000)).isTrue();
    assertThat(loop.ring(1_000)).isTrue();
    assertThat(begun).isEqualTo(3);
    assertThat(failures()).isEqualTo(3);
  }

  @Test
  void roundThatThrowsAnErrorIsFollowedByTheNext() {
    failing(
            () -> {
              throw new AssertionError("thrown");
            })
        .start();

    assertThat(loop.ring(1_000)).isTrue();
    assertThat(loop.ring(1_000)).isTrue();
    assertThat(begun).isEqualTo(2);
  }

  @Test
  void roundThatFailsIsCountedAndFollowedByTheNext() {
    failing(() -> Future.failedFuture("failed")).start();

    assertThat(loop.ring(1_000)).isTrue();
    assertThat(loop.ring(1_000)).isTrue();
    assertThat(begun).isEqualTo(2);
    assertThat(failures()).isEqualTo(2);
  }

  @Test
  void actionThatThrowsIsFollowedByTheNext() {
    tasks
        .action(
            "tested",
            EVERY_SECOND,
            () -> {
              begun++;
              throw new IllegalStateException("thrown");
            })
        .start();

    assertThat(loop.ring(1_000)).isTrue();
    assertThat(loop.ring(1_000)).isTrue();
    assertThat(begun).isEqualTo(2);
    assertThat(failures()).isEqualTo(2);
  }

  @Test
  void periodThatThrowsDoesNotEndTheTask() {
    Schedule broken =
        Schedule.every(
            () -> {
              throw new IllegalStateException("no period");
            });
    tasks.action("tested", broken, () -> begun++).start();

    assertThat(loop.ring(Long.MAX_VALUE)).isTrue();
    assertThat(loop.ring(Long.MAX_VALUE)).isTrue();
    assertThat(begun).isEqualTo(2);
  }

  @Test
  void periodIsReadBeforeEachPause() {
    Deque<Duration> periods =
        new ArrayDeque<>(List.of(Duration.ofMillis(200), Duration.ofMillis(1_000)));
    tasks.action("tested", Schedule.every(periods::remove), () -> begun++).start();

    assertThat(loop.alarms()).containsExactly(200L);
    assertThat(loop.ring(200)).isTrue();
    assertThat(loop.alarms()).containsExactly(1_000L);
  }

  @Test
  void periodMeasuredFromTheStartIsShortenedByTheDurationOfTheRound() {
    open(EVERY_SECOND.measuredFromStart()).start();
    assertThat(loop.ring(1_000)).isTrue();

    nanos += Duration.ofMillis(300).toNanos();
    rounds.remove().complete();
    assertThat(loop.alarms()).containsExactly(700L);

    assertThat(loop.ring(700)).isTrue();
    nanos += Duration.ofSeconds(3).toNanos();
    rounds.remove().complete();
    assertThat(loop.alarms()).containsExactly(1L);
  }

  @Test
  void roundRunNowReplacesTheWaitingOne() {
    RepeatingTask task = open(EVERY_SECOND);
    task.start();

    task.runNow();

    assertThat(begun).isOne();
    assertThat(loop.alarms()).isEmpty();
  }

  @Test
  void roundRunNowDuringAnotherFollowsItAtOnce() {
    RepeatingTask task = open(EVERY_SECOND);
    task.start();
    task.runNow();

    task.runNow();
    task.runNow();
    assertThat(begun).isOne();
    rounds.remove().complete();

    assertThat(loop.alarms()).containsExactly(1L);
    assertThat(loop.ring(1)).isTrue();
    rounds.remove().complete();
    assertThat(begun).isEqualTo(2);
    assertThat(loop.alarms()).containsExactly(1_000L);
  }

  @Test
  void nothingRunsBeforeTheStart() {
    open(EVERY_SECOND).runNow();

    assertThat(begun).isZero();
  }

  @Test
  void taskIsStartedOnce() {
    RepeatingTask task = open(EVERY_SECOND);
    task.start();

    task.start();

    assertThat(task.startNow().failed()).isTrue();
    assertThat(loop.alarms()).hasSize(1);
    assertThat(begun).isZero();
  }

  @Test
  void nothingRunsAfterAStopDuringThePause() {
    RepeatingTask task = open(EVERY_SECOND);
    task.start();

    task.stop();
    task.stop();
    task.runNow();
    task.start();

    assertThat(loop.alarms()).isEmpty();
    assertThat(task.startNow().failed()).isTrue();
    assertThat(begun).isZero();
  }

  @Test
  void nothingRunsAfterAStopDuringARound() {
    RepeatingTask task = open(EVERY_SECOND);
    task.start();
    assertThat(loop.ring(1_000)).isTrue();
    task.runNow();

    task.stop();
    rounds.remove().fail("the connection was closed");

    assertThat(loop.alarms()).isEmpty();
    assertThat(begun).isOne();
    assertThat(failures()).isZero();
  }

  @Test
  void taskMayStopItselfInARound() {
    List<RepeatingTask> self = new ArrayList<>();
    self.add(
        failing(
            () -> {
              self.get(0).stop();
              throw new IllegalStateException("thrown");
            }));
    self.get(0).start();

    assertThat(loop.ring(1_000)).isTrue();

    assertThat(loop.alarms()).isEmpty();
    assertThat(begun).isOne();
  }

  @Property(tries = 200)
  void jitterShortensAPeriodByItsShareAtMost(
      @ForAll @IntRange(min = 1, max = 100_000) int millis,
      @ForAll @IntRange(max = 100) int percent,
      @ForAll Random drawn) {
    Schedule schedule = Schedule.every(Duration.ofMillis(millis)).withJitter(percent / 100.0);

    long pause = schedule.pauseMillis(0, drawn);

    assertThat(pause)
        .isBetween(Math.max(1, Math.round(millis * (1 - percent / 100.0))), (long) millis);
  }

  private enum Move {
    RING,
    SUCCEED,
    FAIL,
    RUN_NOW
  }

  @Property(tries = 300)
  void roundsNeverOverlapAndOneIsAlwaysPending(@ForAll @Size(max = 40) List<Move> moves) {
    rounds.clear();
    RepeatingTask task = open(EVERY_SECOND.withJitter(0.2));
    task.start();

    for (Move move : moves) {
      switch (move) {
        case RING -> loop.ring(1_000);
        case RUN_NOW -> task.runNow();
        case SUCCEED -> rounds.forEach(round -> round.tryComplete());
        case FAIL -> rounds.forEach(round -> round.tryFail("failed"));
      }
      rounds.removeIf(round -> round.future().isComplete());
      assertThat(rounds.size() + loop.alarms().size()).isOne();
    }

    task.stop();
    rounds.forEach(Promise::complete);
    assertThat(loop.alarms()).isEmpty();
  }
}
