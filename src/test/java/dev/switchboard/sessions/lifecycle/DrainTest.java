package dev.switchboard.sessions.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.sessions.session.Session;
import dev.switchboard.time.LoopScheduler;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Waves, with time moved by hand. */
class DrainTest {
  private final Crowd crowd = new Crowd();
  private final List<Runnable> alarms = new ArrayList<>();
  private long waited;
  private long longestWait;

  @Property(tries = 200)
  void everyoneIsToldOnceWithinTheWindowAndNoWaveIsACrowd(
      @ForAll @IntRange(max = 2_000) int sessions,
      @ForAll @IntRange(min = 100, max = 20_000) int windowMillis,
      @ForAll int seed) {
    DrainTest fresh = new DrainTest();
    fresh.crowd.enter(sessions);

    Future<Void> done = fresh.drain(windowMillis, seed);
    List<Integer> waves = new ArrayList<>();
    int before = 0;
    while (true) {
      waves.add(fresh.crowd.told.size() - before);
      before = fresh.crowd.told.size();
      if (fresh.alarms.isEmpty()) {
        break;
      }
      fresh.alarms.remove(0).run();
    }

    assertThat(done.succeeded()).isTrue();
    assertThat(fresh.crowd.told).hasSize(sessions).doesNotHaveDuplicates();
    assertThat(fresh.waited).isLessThanOrEqualTo(windowMillis);
    int most = Math.max(1, windowMillis / 100);
    assertThat(waves)
        .allMatch(size -> size <= Math.max(Drain.MIN_WAVE, (sessions + most - 1) / most));
    assertThat(fresh.crowd.words).allMatch(words -> words.matches("retry_after_ms=[0-9]{3,4}"));
  }

  @Test
  void fewLeaveAtOnce() {
    crowd.enter(Drain.MIN_WAVE);

    assertThat(drain(10_000, 1).succeeded()).isTrue();
    assertThat(crowd.told).hasSize(Drain.MIN_WAVE);
  }

  @Test
  void whoCameInMeanwhileLeavesWithTheLastWave() {
    crowd.enter(30);
    Future<Void> done = drain(10_000, 1);
    crowd.enter(1);

    alarms.remove(0).run();

    assertThat(done.succeeded()).isTrue();
    assertThat(crowd.told).hasSize(31);
  }

  @Test
  void aConnectionGetsAMomentToGoButNotForEver() {
    crowd.enter(1);
    crowd.stay = true;
    Future<Void> done = drain(10_000, 1);

    assertThat(done.isComplete()).isFalse();
    while (!alarms.isEmpty()) {
      alarms.remove(0).run();
    }

    assertThat(done.succeeded()).isTrue();
    assertThat(longestWait).isPositive();
  }

  private Future<Void> drain(int windowMillis, int seed) {
    return new Drain(
            crowd,
            new Drain.Times(Duration.ofMillis(windowMillis), Duration.ofSeconds(5)),
            new Random(seed),
            new LoopScheduler() {
              @Override
              public void next(Runnable action) {
                after(0, action);
              }

              @Override
              public Timer after(long millis, Runnable action) {
                waited += millis;
                longestWait = Math.max(longestWait, millis);
                alarms.add(action);
                return () -> alarms.remove(action);
              }
            })
        .run();
  }

  /** Sessions without connections. */
  private static final class Crowd implements Drain.Leavers {
    private final Set<Session> present = new HashSet<>();
    private final List<Session> told = new ArrayList<>();
    private final List<String> words = new ArrayList<>();
    private boolean stay;

    void enter(int count) {
      for (int i = 0; i < count; i++) {
        present.add(new Session("s" + told.size() + "-" + present.size(), 0, 0));
      }
    }

    @Override
    public List<Session> all() {
      return List.copyOf(present);
    }

    @Override
    public void end(Session session, String reason) {
      if (present.remove(session)) {
        told.add(session);
        words.add(reason);
      }
    }

    @Override
    public boolean someStillLeaving() {
      return stay;
    }
  }
}
