package dev.switchboard.sessions.lifecycle;

import dev.switchboard.event.CloseReason;
import dev.switchboard.sessions.registry.SessionRegistry;
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
 * Ends the sessions of one hub in waves with jitter, so that the remaining nodes do not get all of
 * them at once. Each client is told how long to wait before it reconnects. On the hub's event loop.
 */
public final class Drain {
  /** Smallest number of sessions worth a wave of their own. */
  static final int MIN_WAVE = 20;

  private static final long MIN_PAUSE_MILLIS = 100;
  private static final int MIN_RETRY_MILLIS = 500;
  private static final long POLL_MILLIS = 20;
  private static final int MAX_POLLS = 50;

  private final SessionRegistry registry;
  private final Duration window;
  private final int maxRetryMillis;
  private final Random random;
  private final LoopScheduler scheduler;
  private final Promise<Void> done = Promise.promise();
  private List<Session> shuffled = List.of();

  /**
   * Times of a drain.
   *
   * @param window over which the waves are spread
   * @param retryAfter longest time that a client is told to wait
   */
  public record Times(Duration window, Duration retryAfter) {}

  public Drain(SessionRegistry registry, Times times, Random random, LoopScheduler scheduler) {
    this.registry = registry;
    this.window = times.window();
    this.maxRetryMillis = Math.toIntExact(times.retryAfter().toMillis());
    this.random = random;
    this.scheduler = scheduler;
  }

  /** Ends every session; succeeds when their connections are closed, or had time to close. */
  public Future<Void> run() {
    shuffled = new ArrayList<>(registry.present());
    Collections.shuffle(shuffled, random);
    long maxWaves = Math.max(1, window.toMillis() / MIN_PAUSE_MILLIS);
    long waves = Math.max(1, Math.min(maxWaves, (shuffled.size() + MIN_WAVE - 1) / MIN_WAVE));
    wave(0, (int) waves);
    return done.future();
  }

  private void wave(int number, int waves) {
    int from = (int) ((long) shuffled.size() * number / waves);
    int to = (int) ((long) shuffled.size() * (number + 1) / waves);
    shuffled.subList(from, to).forEach(this::end);
    if (number + 1 < waves) {
      scheduler.after(pause(waves), () -> wave(number + 1, waves));
    } else {
      // Sessions that were being opened when the drain began.
      List.copyOf(registry.present()).forEach(this::end);
      awaitClosed(0);
    }
  }

  /** At most an equal share of the window, so that the waves end within it. */
  private long pause(int waves) {
    long share = window.toMillis() / waves;
    return Math.max(1, share / 2 + random.nextLong(share / 2 + 1));
  }

  private void end(Session session) {
    int retryAfter = random.nextInt(MIN_RETRY_MILLIS, maxRetryMillis + 1);
    registry.end(session, CloseReason.DRAINING, "retry_after_ms=" + retryAfter);
  }

  /** A connection that is closed too early takes the close frame with it. */
  private void awaitClosed(int polls) {
    if (registry.hasClosing() && polls < MAX_POLLS) {
      scheduler.after(POLL_MILLIS, () -> awaitClosed(polls + 1));
    } else {
      done.complete();
    }
  }
}
