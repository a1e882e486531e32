package dev.switchboard.sessions.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.config.ConfigLoader;
import dev.switchboard.event.CloseReason;
import dev.switchboard.sessions.Recorder;
import dev.switchboard.sessions.TestRegistry;
import dev.switchboard.sessions.registry.SessionRegistry;
import dev.switchboard.sessions.session.Session;
import dev.switchboard.time.LoopScheduler;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
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
  void everySessionEndsOnceWithinTheWindowAndInSmallWaves(
      @ForAll @IntRange(max = 2_000) int sessions,
      @ForAll @IntRange(min = 100, max = 20_000) int windowMillis,
      @ForAll int seed) {
    DrainTest fresh = new DrainTest();
    fresh.crowd.enter(sessions);

    Future<Void> done = fresh.drain(windowMillis, seed);
    List<Integer> waves = new ArrayList<>();
    int before = 0;
    while (true) {
      waves.add(fresh.crowd.closed.size() - before);
      before = fresh.crowd.closed.size();
      if (fresh.alarms.isEmpty()) {
        break;
      }
      fresh.alarms.remove(0).run();
    }

    assertThat(done.succeeded()).isTrue();
    assertThat(fresh.crowd.closed).hasSize(sessions).doesNotHaveDuplicates();
    assertThat(fresh.waited).isLessThanOrEqualTo(windowMillis);
    int maxWaves = Math.max(1, windowMillis / 100);
    assertThat(waves)
        .allMatch(size -> size <= Math.max(Drain.MIN_WAVE, (sessions + maxWaves - 1) / maxWaves));
    assertThat(fresh.crowd.messages)
        .allMatch(message -> message.matches("retry_after_ms=[0-9]{3,4}"));
  }

  @Test
  void fewSessionsEndAtOnce() {
    crowd.enter(Drain.MIN_WAVE);

    assertThat(drain(10_000, 1).succeeded()).isTrue();
    assertThat(crowd.closed).hasSize(Drain.MIN_WAVE);
  }

  @Test
  void sessionThatBeganMeanwhileEndsWithTheLastWave() {
    crowd.enter(30);
    Future<Void> done = drain(10_000, 1);
    crowd.enter(1);

    alarms.remove(0).run();

    assertThat(done.succeeded()).isTrue();
    assertThat(crowd.closed).hasSize(31);
  }

  @Test
  void connectionGetsAMomentToCloseButNotForEver() {
    crowd.stay = true;
    crowd.enter(1);
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
            crowd.registry,
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

  /** Sessions whose connections close at once, unless they stay. */
  private static final class Crowd {
    private final SessionRegistry registry =
        TestRegistry.of(ConfigLoader.defaults(name -> null).sessions());
    private final List<Session> closed = new ArrayList<>();
    private final List<String> messages = new ArrayList<>();
    private boolean stay;

    void enter(int count) {
      for (int i = 0; i < count; i++) {
        Session session = new Session("s" + i, 0, 0);
        session.connect(new Connection(session));
        registry.add(session);
      }
    }

    private final class Connection extends Recorder {
      private final Session session;

      Connection(Session session) {
        this.session = session;
      }

      @Override
      public void close(CloseReason reason, String message) {
        closed.add(session);
        messages.add(message);
        if (!stay) {
          registry.transportClosed(session);
        }
      }
    }
  }
}
