package dev.switchboard.sessions.lifecycle;

import dev.switchboard.sessions.session.Session;
import dev.switchboard.time.LoopScheduler;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Ends the sessions of one hub in jittered waves, so that the nodes that stay are not met by all of
 * them at once. Each is told for how long to wait before it comes back. On the hub's event loop.
 */
public final class Drain {
  /** Fewer are no crowd. */
  static final int MIN_WAVE = 20;

  private static final long MIN_PAUSE_MILLIS = 100;
  private static final int MIN_RETRY_MILLIS = 500;
  private static final long LOOK_MILLIS = 20;
  private static final int MAX_LOOKS = 50;

  private final Leavers leavers;
  private final Duration window;
  private final int mostRetryMillis;
  private final Random random;
  private final LoopScheduler scheduler;
  private final Promise<Void> done = Promise.promise();
  private List<Session> order = List.of();

  /**
   * How long it takes.
   *
   * @param window over which the waves are spread
   * @param retryAfter the longest time after which a client is told to come back
   */
  public record Times(Duration window, Duration retryAfter) {}

  /** Whom to end. */
  interface Leavers {
    /** Everyone who is still there. */
    List<Session> all();

    /** Ends one; in these words. */
    void end(Session session, String words);

    /** Whether some were told to leave and have not gone yet. */
    boolean someStillLeaving();
  }

  public Drain(Leavers leavers, Times times, Random random, LoopScheduler scheduler) {
    this.leavers = leavers;
    this.window = times.window();
    this.mostRetryMillis = Math.toIntExact(times.retryAfter().toMillis());
    this.random = random;
    this.scheduler = scheduler;
  }

  /** Succeeds when everyone was told and has gone, or had time to. */
  public Future<Void> run() {
    order = new ArrayList<>(leavers.all());
    Collections.shuffle(order, random);
    long most = Math.max(1, window.toMillis() / MIN_PAUSE_MILLIS);
    long waves = Math.max(1, Math.min(most, (order.size() + MIN_WAVE - 1) / MIN_WAVE));
    wave(0, (int) waves);
    return done.future();
  }

  private void wave(int number, int waves) {
    int from = (int) ((long) order.size() * number / waves);
    int to = (int) ((long) order.size() * (number + 1) / waves);
    order.subList(from, to).forEach(this::end);
    if (number + 1 < waves) {
      scheduler.after(pause(waves), () -> wave(number + 1, waves));
    } else {
      // Whoever was just being let in when the drain began.
      leavers.all().forEach(this::end);
      awaitGone(0);
    }
  }

  /** At most an equal share of the window, so that the waves end within it. */
  private long pause(int waves) {
    long share = window.toMillis() / waves;
    return Math.max(1, share / 2 + random.nextLong(share / 2 + 1));
  }

  private void end(Session session) {
    int retryAfter = random.nextInt(MIN_RETRY_MILLIS, mostRetryMillis + 1);
    leavers.end(session, "retry_after_ms=" + retryAfter);
  }

  /** A connection closed too early takes the close frame with it. */
  private void awaitGone(int looks) {
    if (leavers.someStillLeaving() && looks < MAX_LOOKS) {
      scheduler.after(LOOK_MILLIS, () -> awaitGone(looks + 1));
    } else {
      done.complete();
    }
  }
}
